import {
  type ContentIssue,
  type PreparedContent,
  type ProviderRules,
  prepareLeg,
  type SecondLegPlan,
} from "@hikyaku/core";
import type { Sql } from "@hikyaku/ledger";
import { InvalidContentError } from "../errors/request-errors.ts";
import type { RouteBook } from "../routes/route-book.ts";
import { newWarnings, withTemplate } from "../templates/with-template.ts";

const reservedSecond = {
  path: "fallbackContent.reserve",
  code: "reserve-second-leg",
  message:
    "what follows a message goes out when its time has come, for each recipient at another one; leave reserve out",
};

/** What follows a message that does not arrive, as it would be sent. */
export interface SecondLegContent {
  /** Where over. */
  route: string;
  /** Of that route. */
  rules: ProviderRules;
  prepared: PreparedContent;
  plan: SecondLegPlan;
  /** What the comparison with its template has to say. */
  warnings: readonly ContentIssue[];
}

/**
 * The second leg of a plan by the rules of the route it goes over; null when nothing follows, or nothing of the content can, which is the
 * plan's check to tell.
 *
 * @throws UnknownRouteError, UnsupportedRouteError; InvalidContentError when what was given for it can't be sent there
 */
export async function secondLegOf(
  routes: RouteBook,
  plan: SecondLegPlan | null | undefined,
  first: { route: string; rules: ProviderRules; prepared: PreparedContent },
): Promise<SecondLegContent | null> {
  if (!plan) return null;
  const route = plan.route ?? first.route;
  if (plan.route === undefined && plan.content === undefined) {
    const { fallback } = first.prepared;
    return fallback ? { route, rules: first.rules, prepared: fallback, plan, warnings: [] } : null;
  }
  const { rules } = await routes.find(route);
  const prepared = prepareLeg(rules, { leg: 2, content: first.prepared.content, plan });
  if (!("issues" in prepared)) {
    if (prepared.reservedAt) throw new InvalidContentError([reservedSecond]);
    return { route, rules, prepared, plan, warnings: [] };
  }
  const hasOwn = plan.content !== undefined;
  const errors = prepared.issues.filter(({ level }) => level === "error");
  throw new InvalidContentError(
    errors.map(({ path, message, code }) => ({
      path: hasOwn ? path.replace(/^content/, "fallbackContent") : "fallbackRoute",
      message: hasOwn
        ? message
        : `no part of the content can be sent alone over ${route} (${path}: ${message}); give fallbackText or fallbackContent`,
      code,
    })),
  );
}

/**
 * Compares a second leg with the template it is sent by, as the first is, see {@link withTemplate}; its plan then carries a copy of it.
 *
 * @throws InvalidContentError saying which state the template is in, or what is different now
 */
export async function withSecondTemplate(sql: Sql, second: SecondLegContent | null): Promise<SecondLegContent | null> {
  if (second === null) return null;
  const { route, rules, prepared, plan } = second;
  const checked = await withTemplate(sql, { route, rules, prepared, path: "fallbackContent" });
  if (checked === prepared) return second;
  const warnings = newWarnings(prepared, checked);
  const copy = rules.templates?.usedBy(checked.content)?.copy ?? null;
  if (rules.templates === undefined || copy === null || !plan.content)
    return { ...second, prepared: checked, warnings };
  // Beside what was given, so that a repeated request can be compared with it.
  const content = rules.templates.withCopy(plan.content as Record<string, unknown>, copy);
  return { ...second, prepared: checked, plan: { ...plan, content } };
}
