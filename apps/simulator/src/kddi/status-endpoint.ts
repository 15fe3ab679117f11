import type { Account } from "./account.ts";
import { after } from "./after.ts";
import type { Exchange } from "./exchange.ts";
import { drawBeforeStore, drawLatencyMs } from "./faults.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { currentState } from "./message.ts";
import { badRequest, refuseWith } from "./refusal.ts";
import { readContentType } from "./request-body.ts";
import { shapeResult } from "./shapes.ts";

export interface StatusEndpoint {
  receive(exchange: Exchange, account: Account, msgId: string): void;
}

const dayMs = 86_400_000;
const realisticDelay = [50, 200] as const;

/** `GET …/messages/{msgId}/status` (protocol notes §9): known for 31 simulated days, to the account that sent the message. */
export function createStatusEndpoint(deps: GatewayDeps): StatusEndpoint {
  const { settings, clock, random, store, faults, traffic } = deps;
  const delay = settings.realistic ? realisticDelay : settings.acceptDelayMs;

  return {
    receive(exchange, account, msgId) {
      traffic().named("statusChecks");
      account.traffic.named("statusChecks");
      exchange.request.resume();
      const deviation = deviationOf(exchange);
      if (settings.strict && deviation !== undefined) return exchange.refuse(badRequest(`strict: ${deviation}`));
      const { botId } = account.options;
      const disturbance = drawBeforeStore(faults(), "status", botId, random);
      after(random.draw(delay) + drawLatencyMs(faults(), "status", botId, random), () => {
        if (disturbance === "closed") return exchange.cut();
        if (disturbance !== undefined) {
          return exchange.refuse(refuseWith(disturbance, undefined, settings.retryAfterS));
        }
        const message = store.byId(msgId);
        if (message === undefined || message.account !== account) {
          return exchange.refuse(refuseWith(404, "msgId unknown"));
        }
        if (clock.now() - message.acceptedAt > settings.retentionDays * dayMs) {
          return exchange.refuse(refuseWith(settings.expiredStatus, `older than ${settings.retentionDays} days`));
        }
        exchange.answer(200, shapeResult(settings.statusShape, { msgId, ...currentState(message) }));
      });
    },
  };
}

/** The guide's procedure for the status check: the same headers as the send, and nothing as the body. */
function deviationOf({ request, target }: Exchange): string | undefined {
  const type = readContentType(request.headers["content-type"]);
  if ("refusal" in type) return type.refusal.text;
  const hasBody = Number(request.headers["content-length"] ?? 0) > 0 || "transfer-encoding" in request.headers;
  if (hasBody) return "a status check has no body";
  if (target.hasQuery) return "the URL has a query";
  return type.deviations[0];
}
