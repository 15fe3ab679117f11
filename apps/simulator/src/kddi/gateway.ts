import type { IncomingMessage, ServerResponse } from "node:http";
import type { Traffic } from "../traffic.ts";
import type { Account } from "./account.ts";
import { createCapabilityEndpoint } from "./capability-endpoint.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { createHeadChecks } from "./head-checks.ts";
import { collectBody } from "./request-body.ts";
import { createRouting, type Resource } from "./routing.ts";
import { createSendEndpoint } from "./send-endpoint.ts";
import { createStatusEndpoint } from "./status-endpoint.ts";
import { createSubscribersEndpoint } from "./subscribers-endpoint.ts";

export interface Gateway {
  handle(request: IncomingMessage, response: ServerResponse): void;
  openRequests(): number;
  reset(): void;
}

/** The MSG-GW port: every request goes through the steps of protocol notes §19.1 in their order. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { settings, accounts, traffic } = deps;
  const { statusPath, capability, subscribers } = settings;
  const paths = { status: statusPath, capability: capability.path, subscribers: subscribers.path };
  const routing = createRouting(accounts, paths);
  const checkHead = createHeadChecks(settings, accounts, traffic);
  const sends = createSendEndpoint(deps);
  const statusChecks = createStatusEndpoint(deps);
  const capabilityChecks = createCapabilityEndpoint(deps);
  const subscriberLists = createSubscribersEndpoint(deps);
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
    const release = () => {
      openRequests--;
      if (account !== undefined) account.openRequests--;
    };
    const exchange = createExchange(request, response, target, arrivedAtMs, traffics, release, settings.errorShape);

    const refusal = checkHead({
      method: request.method ?? "",
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress ?? "",
      target,
      arrivedAtMs,
    });
    if (refusal === undefined && account !== undefined && resource !== undefined) {
      receive(exchange, account, resource);
    } else if (refusal !== undefined) {
      exchange.refuse(refusal);
      // The body is read all the same, so that the recipient's log tells of the try.
      if (account === undefined || request.method !== "POST") request.resume();
      else collectBody(request, settings.maxBodyBytes, (bytes) => sends.logRefusal(account, bytes, refusal));
    }
  }

  function receive(exchange: Exchange, account: Account, resource: Resource): void {
    switch (resource.kind) {
      case "messages":
        sends.receive(exchange, account);
        break;
      case "status":
        statusChecks.receive(exchange, account, resource.msgId);
        break;
      case "capability":
        capabilityChecks.receive(exchange, account);
        break;
      case "subscribers":
        subscriberLists.receive(exchange, account);
        break;
      default:
        resource satisfies never;
    }
  }

  return { handle, openRequests: () => openRequests, reset: sends.reset };
}
