import type { Account } from "./account.ts";

/** What a URL means. `account` alone = the botId is known but not the path below it. */
export interface Target {
  readonly account?: Account;
  readonly resource?: Resource;
  readonly hasQuery: boolean;
}

/** The four functions of the gateway (protocol notes §3, E1 to E4). */
export type Resource =
  | { readonly kind: "messages" | "capability" | "subscribers" }
  | { readonly kind: "status"; readonly msgId: string };

/** Paths below the botId that the guide does not tell. */
export interface Paths {
  /** With `{msgId}` in it. */
  readonly status: string;
  readonly capability: string;
  readonly subscribers: string;
}

export interface Routing {
  find(url: string): Target;
}

const messages = { kind: "messages" } as const;
const baseSegments = ["v1", "fallback", "rcs", "bot", "v1"].join("/");

/** `/{aggid}/v1/fallback/rcs/bot/v1/{botId}` (guide §3.1) and what stands below it; segments may be percent-encoded. */
export function createRouting(accounts: Iterable<Account>, paths: Paths): Routing {
  const byBase = new Map<string, Account>();
  const byMessagesUrl = new Map<string, Target>();
  for (const account of accounts) {
    byBase.set(account.basePath, account);
    byMessagesUrl.set(`${account.basePath}/messages`, { account, resource: messages, hasQuery: false });
  }
  const [beforeId = "", afterId = ""] = paths.status.split("{msgId}");

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
    for (const kind of ["capability", "subscribers"] as const) {
      if (rest === paths[kind]) return { account, resource: { kind }, hasQuery };
    }
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
