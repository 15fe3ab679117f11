import { type PreparedContent, type ProviderRules, prepareLeg, type SecondLegPlan } from "@hikyaku/core";
import { InvalidContentError } from "../errors/request-errors.ts";
import type { RouteBook } from "../routes/route-book.ts";

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
    return fallback ? { route, rules: first.rules, prepared: fallback, plan } : null;
  }
  const { rules } = await routes.find(route);
  const prepared = prepareLeg(rules, { leg: 2, content: first.prepared.content, plan });
  if (!("issues" in prepared)) {
    if (prepared.reservedAt) throw new InvalidContentError([reservedSecond]);
    return { route, rules, prepared, plan };
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
