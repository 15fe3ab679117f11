import type { Account } from "./account.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { createLookUp, deviationOfGet } from "./lookup.ts";
import { badRequest } from "./refusal.ts";

export interface SubscribersEndpoint {
  receive(exchange: Exchange, account: Account): void;
}

// How a page is asked for is not public; a follower of `next` hands it back in one of these.
const cursorNames = ["next", "cursor", "nextCursor"];

/** `GET …/subscribers` (guide §2.1, protocol notes §11): numbers registered with the official account, in the order they did. */
export function createSubscribersEndpoint(deps: GatewayDeps): SubscribersEndpoint {
  const { settings, traffic } = deps;
  const lookUp = createLookUp(deps);
  const { pageSize, nextAs } = settings.subscribers;

  function page(exchange: Exchange, account: Account, from: number): string {
    const all = [...account.subscribers];
    const to = pageSize === 0 ? all.length : from + pageSize;
    const subscribers = all.slice(from, to).map((userContact) => ({ userContact }));
    if (to >= all.length) return JSON.stringify({ subscribers });
    const cursor = Buffer.from(String(to)).toString("base64url");
    const { headers, url = "" } = exchange.request;
    const [path] = url.split("?");
    const next = nextAs === "cursor" ? cursor : `http://${headers.host}${path}?cursor=${cursor}`;
    return JSON.stringify({ subscribers, next });
  }

  return {
    receive(exchange, account) {
      traffic().named("subscriberLists");
      account.traffic.named("subscriberLists");
      exchange.request.resume();
      const deviation = deviationOfGet(exchange, pageSize > 0);
      if (settings.strict && deviation !== undefined) return exchange.refuse(badRequest(`strict: ${deviation}`));
      const { url = "" } = exchange.request;
      const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
      const cursor = cursorNames.map((name) => query.get(name)).find((value) => value !== null);
      const from = cursor === undefined ? 0 : readCursor(cursor ?? "");
      if (from === undefined) return exchange.refuse(badRequest("the cursor is not one of ours"));
      lookUp("subscribers", exchange, account, () => exchange.answer(200, page(exchange, account, from)));
    },
  };
}

function readCursor(cursor: string): number | undefined {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
