import type { Config, RouteConfig } from "@hikyaku/config";
import { type Provider, type ProviderRules, replyWordFinder, rulesOfRoute } from "@hikyaku/core";
import type { InboundRules } from "@hikyaku/ledger";

/**
 * What the configuration and the carrier of each route say about replies. A route that is not in this process's configuration
 * (another process took the notification) has what stands at the top of the file, and no carrier that knows more.
 */
export function inboundRulesOf(
  config: Config,
  findProvider: (name: string) => Provider,
): (route: string) => InboundRules {
  const byRoute = new Map(
    Object.values(config.routes).map((route) => {
      const rules = rulesOfRoute(findProvider(route.provider), route.settings);
      return [route.name, rulesOf(route.replies, { route: route.name, rules, isTold: route.events !== null })] as const;
    }),
  );
  return (route) => {
    const known = byRoute.get(route);
    if (known) return known;
    const made = rulesOf(config.replies, { route, rules: null, isTold: false });
    byRoute.set(route, made);
    return made;
  };
}

function rulesOf(
  replies: RouteConfig["replies"],
  { route, rules, isTold }: { route: string; rules: ProviderRules | null; isTold: boolean },
): InboundRules {
  const scope = replies.optOutScope === "all" ? "*" : route;
  const findOptOut = replyWordFinder(replies.optOutWords, replies.optOutMatch);
  const findOptIn = replyWordFinder(replies.optInWords, replies.optOutMatch);
  return {
    linkWithinMs: replies.linkWithinMs,
    readReference: (data) => rules?.readReference?.(data) ?? null,
    isSentFrom: (content, number) => rules?.isSentFrom?.(content, number) ?? null,
    findWord(texts) {
      // Who says both is taken to want no more.
      const optOut = findOptOut(texts);
      if (optOut !== null) return { kind: "opt-out", word: optOut, scope };
      const optIn = findOptIn(texts);
      return optIn === null ? null : { kind: "opt-in", word: optIn, scope };
    },
    isTold,
  };
}
