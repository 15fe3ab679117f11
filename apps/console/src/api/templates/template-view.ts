import type { TemplateFacts, TemplateRules } from "@hikyaku/core";
import type { CarrierTemplateRow } from "@hikyaku/ledger";
import * as z from "zod";

const why = z.string().nullable().describe("Null where it is allowed; otherwise why not.");

export const templateSchema = z
  .object({
    route: z.string(),
    code: z.string(),
    name: z.string().nullable(),
    channel: z.string().nullable().describe("The search ID of the channel it belongs to."),
    state: z.string().describe("The carrier's word for its inspection state, e.g. `COMPLETE`."),
    means: z.string().describe("The same in words."),
    text: z.string(),
    variables: z.array(z.string()).describe("Names used as `#{name}`."),
    buttons: z.array(z.object({ type: z.string(), means: z.string(), name: z.string(), links: z.array(z.string()) })),
    actions: z
      .object({ send: why, edit: why, delete: why, inquire: why })
      .describe("What may be done with it in this state: sending by it, and what the carrier's console allows."),
    comments: z.array(z.string()).describe("What the inspectors wrote."),
    firstSeen: z.date(),
    changedAt: z.date().describe("When anything of it was last found different."),
  })
  .meta({ id: "Template", description: "A text that the carrier must approve, as the account last had it." });

export function templateView(row: CarrierTemplateRow, rules: TemplateRules): z.output<typeof templateSchema> | null {
  const facts = rules.templateFacts(row.template);
  return facts && plain(facts, row);
}

function plain(facts: TemplateFacts, { route, firstSeen, changedAt }: CarrierTemplateRow) {
  const { variables, buttons, comments } = facts;
  return {
    ...facts,
    variables: [...variables],
    buttons: buttons.map((button) => ({ ...button, links: [...button.links] })),
    comments: [...comments],
    ...{ route, firstSeen, changedAt },
  };
}

export const channelSchema = z
  .object({
    route: z.string(),
    id: z.string().describe("Its search ID, with `@`."),
    name: z.string(),
    state: z.string().describe("The carrier's word, e.g. `ACTIVE`."),
    means: z.string(),
    faults: z.array(z.string()).describe("Why nothing can be sent by it; empty when all is well."),
    hasFailover: z.boolean().describe("Whether an SMS in a failed message's place is set up for it."),
    failoverNumber: z.string().nullable().describe("Sender of that SMS; null when the carrier does not name it."),
  })
  .meta({ id: "Channel", description: "A KakaoTalk channel of the account, as it was last read." });

export const accountSchema = z
  .object({
    route: z.string(),
    refreshedAt: z.date().nullable().describe("When the account was last read; null when it never was."),
    askedAt: z.date().nullable(),
    triedAt: z.date().nullable(),
    error: z.string().nullable().describe("What came in the way of the newest attempt."),
  })
  .meta({ id: "CarrierAccount", description: "How old the copy of a route's templates is." });
