import type { PreparedContent, ProviderRules, RecipientResult } from "../provider/provider.ts";
import type { SecondLegPlan } from "./second-leg.ts";

/** Both legs of one content: whose values are kept for a recipient, and which of them the second leg takes. */
export interface TwoLegs {
  /** Names of all values of both: first those of the first leg, in its order, so that it renders from the same list. */
  readonly variables: readonly string[];
  /** Those of the second leg, in its order, out of the values of both. */
  secondValues(values: readonly string[]): string[];
  /** The recipient of the second leg in the form of its carrier, or why there is none. */
  secondRecipient(recipient: string, values: readonly string[]): RecipientResult;
}

/** `rules` are those of the second leg's route. */
export function twoLegs(
  first: Pick<PreparedContent, "variables">,
  second: Pick<PreparedContent, "variables">,
  { rules, recipientIn }: { rules: Pick<ProviderRules, "normaliseRecipient"> } & Pick<SecondLegPlan, "recipientIn">,
): TwoLegs {
  const number = recipientIn === undefined ? [] : [recipientIn];
  const variables = [...new Set([...first.variables, ...second.variables, ...number])];
  const places = second.variables.map((name) => variables.indexOf(name));
  const numberAt = recipientIn === undefined ? -1 : variables.indexOf(recipientIn);
  return {
    variables,
    secondValues: (values) => places.map((place) => values[place] ?? ""),
    secondRecipient: (recipient, values) =>
      rules.normaliseRecipient(numberAt === -1 ? recipient : (values[numberAt] ?? "")),
  };
}
