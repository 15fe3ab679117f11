import type { Account } from "./account.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { createLookUp, deviationOfGet } from "./lookup.ts";
import { currentState, type Message } from "./message.ts";
import { shapeRcsResult } from "./rcs-shapes.ts";
import { badRequest, type Refusal, refuseWith } from "./refusal.ts";
import { shapeResult } from "./shapes.ts";

export interface StatusEndpoint {
  receive(exchange: Exchange, account: Account, msgId: string): void;
}

const dayMs = 86_400_000;

/** `GET …/messages/{msgId}/status` (protocol notes §9): known for 31 simulated days, to the account that sent the message. */
export function createStatusEndpoint(deps: GatewayDeps): StatusEndpoint {
  const { settings, clock, store, traffic } = deps;
  const lookUp = createLookUp(deps);

  function find(exchange: Exchange, account: Account, msgId: string): Message | Refusal {
    const message = store.byId(msgId);
    if (message === undefined || message.account !== account) return refuseWith(404, "msgId unknown");
    // Which mode a status check wants is not public; the mode of the send is the safe one (protocol notes §9).
    if (settings.strict && exchange.request.headers["x-fallback"] !== message.mode) {
      return badRequest(`strict: the message was sent with X-Fallback ${message.mode}`);
    }
    const isTooOld = clock.now() - message.acceptedAt > settings.retentionDays * dayMs;
    return isTooOld ? refuseWith(settings.expiredStatus, `older than ${settings.retentionDays} days`) : message;
  }

  function bodyOf(message: Message): string {
    const { msgId, channel } = message;
    const shown = { msgId, ...currentState(message) };
    return channel === "sms"
      ? shapeResult(settings.statusShape, shown)
      : shapeRcsResult(settings.rcsResponseShape, shown);
  }

  return {
    receive(exchange, account, msgId) {
      traffic().named("statusChecks");
      account.traffic.named("statusChecks");
      exchange.request.resume();
      const deviation = deviationOfGet(exchange);
      if (settings.strict && deviation !== undefined) return exchange.refuse(badRequest(`strict: ${deviation}`));
      lookUp("status", exchange, account, () => {
        const found = find(exchange, account, msgId);
        if ("status" in found) exchange.refuse(found);
        else exchange.answer(200, bodyOf(found));
      });
    },
  };
}
