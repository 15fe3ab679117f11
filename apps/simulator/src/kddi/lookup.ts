import type { Account } from "./account.ts";
import { after } from "./after.ts";
import type { Exchange } from "./exchange.ts";
import { drawBeforeStore, drawLatencyMs, type RequestKind } from "./faults.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { hasBareToken } from "./head-checks.ts";
import { refuseWith } from "./refusal.ts";
import { readContentType } from "./request-body.ts";

/** A request that only asks: faults may strike it, else `answer` runs once the gateway has had its time. */
export type LookUp = (
  kind: Exclude<RequestKind, "sends">,
  exchange: Exchange,
  account: Account,
  answer: () => void,
) => void;

export function createLookUp({ settings, random, faults }: GatewayDeps): LookUp {
  const delay = settings.realistic ? ([50, 200] as const) : settings.acceptDelayMs;
  return (kind, exchange, account, answer) => {
    const { botId } = account.options;
    const disturbance = drawBeforeStore(faults(), kind, botId, random);
    const delayMs = random.draw(delay) + drawLatencyMs(faults(), kind, botId, random);
    const end = () => {
      if (disturbance === undefined) answer();
      else if (disturbance === "closed") exchange.cut();
      else exchange.refuse(refuseWith(disturbance, undefined, settings.retryAfterS));
    };
    after(delayMs, end, exchange.arrivedAtMs);
  };
}

/** The guide's procedure for the status check: the same headers as the send, and nothing as the body. */
export function deviationOfGet({ request, target }: Exchange, allowsQuery = false): string | undefined {
  const type = readContentType(request.headers["content-type"]);
  if ("refusal" in type) return type.refusal.text;
  const hasBody = Number(request.headers["content-length"] ?? 0) > 0 || "transfer-encoding" in request.headers;
  if (hasBody) return "a GET has no body";
  if (target.hasQuery && !allowsQuery) return "the URL has a query";
  if (hasBareToken(request.headers)) return "a token is sent without Bearer";
  return type.deviations[0];
}
