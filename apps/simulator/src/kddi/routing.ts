import type { Account } from "./account.ts";

/** What a URL means. `account` alone = the botId is known but not the path below it. */
export interface Target {
  readonly account?: Account;
  readonly resource?: { readonly kind: "messages" } | { readonly kind: "status"; readonly msgId: string };
  readonly hasQuery: boolean;
}

export interface Routing {
  find(url: string): Target;
}

const messages = { kind: "messages" } as const;
const baseSegments = ["v1", "fallback", "rcs", "bot", "v1"].join("/");

/** `/{aggid}/v1/fallback/rcs/bot/v1/{botId}` (guide §3.1) and what stands below it; segments may be percent-encoded. */
export function createRouting(accounts: Iterable<Account>, statusPath: string): Routing {
  const byBase = new Map<string, Account>();
  const byMessagesUrl = new Map<string, Target>();
  for (const account of accounts) {
    byBase.set(account.basePath, account);
    byMessagesUrl.set(`${account.basePath}/messages`, { account, resource: messages, hasQuery: false });
  }
  const [beforeId = "", afterId = ""] = statusPath.split("{msgId}");

  function findSlowly(url: string): Target {
    const queryAt = url.indexOf("?");
    const hasQuery = queryAt >= 0;
    const path = hasQuery ? url.slice(0, queryAt) : url;
    const base = /^\/([^/]+)\/v1\/fallback\/rcs\/bot\/v1\/([^/]+)(\/.*)?$/.exec(path);
    if (base === null) return { hasQuery };
    const account = byBase.get(`/${decode(base[1] ?? "")}/${baseSegments}/${decode(base[2] ?? "")}`);
    if (account === undefined) return { hasQuery };
    const rest = base[3] ?? "";
    if (rest === "/messages") return { account, resource: messages, hasQuery };
    if (rest.startsWith(beforeId) && rest.endsWith(afterId) && rest.length > beforeId.length + afterId.length) {
      const msgId = rest.slice(beforeId.length, rest.length - afterId.length);
      if (!msgId.includes("/")) return { account, resource: { kind: "status", msgId: decode(msgId) }, hasQuery };
    }
    return { account, hasQuery };
  }

  return { find: (url) => byMessagesUrl.get(url) ?? findSlowly(url) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
