import type { IncomingMessage, ServerResponse } from "node:http";
import type { Traffic } from "../traffic.ts";
import { createExchange } from "./exchange.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { createHeadChecks } from "./head-checks.ts";
import { collectBody } from "./request-body.ts";
import { createRouting } from "./routing.ts";
import { createSendEndpoint } from "./send-endpoint.ts";
import { createStatusEndpoint } from "./status-endpoint.ts";

export interface Gateway {
  handle(request: IncomingMessage, response: ServerResponse): void;
  openRequests(): number;
  reset(): void;
}

/** The MSG-GW port: every request goes through the steps of protocol notes §19.1 in their order. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { settings, accounts, traffic } = deps;
  const routing = createRouting(accounts, settings.statusPath);
  const checkHead = createHeadChecks(settings, accounts, traffic);
  const sends = createSendEndpoint(deps);
  const statusChecks = createStatusEndpoint(deps);
  let openRequests = 0;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const arrivedAtMs = performance.now();
    const target = routing.find(request.url ?? "/");
    const { account, resource } = target;
    const traffics: readonly Traffic[] = account === undefined ? [traffic()] : [traffic(), account.traffic];
    openRequests++;
    traffics[0]?.arrived(arrivedAtMs, openRequests);
    if (account !== undefined) {
      account.openRequests++;
      account.traffic.arrived(arrivedAtMs, account.openRequests);
    }
    const exchange = createExchange(request, response, target, arrivedAtMs, traffics, () => {
      openRequests--;
      if (account !== undefined) account.openRequests--;
    });

    const refusal = checkHead({
      method: request.method ?? "",
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress ?? "",
      target,
      arrivedAtMs,
    });
    if (refusal === undefined && account !== undefined && resource?.kind === "messages") {
      sends.receive(exchange, account);
    } else if (refusal === undefined && account !== undefined && resource?.kind === "status") {
      statusChecks.receive(exchange, account, resource.msgId);
    } else if (refusal !== undefined) {
      exchange.refuse(refusal);
      // The body is read all the same, so that the recipient's log tells of the try.
      if (account === undefined || request.method !== "POST") request.resume();
      else collectBody(request, settings.maxBodyBytes, (bytes) => sends.logRefusal(account, bytes, refusal));
    }
  }

  return { handle, openRequests: () => openRequests, reset: sends.reset };
}
