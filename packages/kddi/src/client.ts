import type { AttemptOutcome, OutgoingMessage, ProviderClient } from "@hikyaku/core";
import { createTransport, exchange } from "@hikyaku/exchange";
import { capabilityRequest, readCapability } from "./capability.ts";
import { isPlusPayload, type KddiPayload } from "./content/payload.ts";
import { createStatusReader } from "./delivery-status.ts";
import { endpointOf } from "./endpoint.ts";
import { withDefaultFields } from "./notification-fields.ts";
import { type SendMode, sendHeaders, statusHeaders, statusModeOf } from "./request-headers.ts";
import type { KddiRouteConfig } from "./route-config.ts";
import { modeOf, plusRequestBody, readSendExchange, refusalOf, smsRequestBody } from "./send.ts";
import { readStatusExchange } from "./status.ts";
import { maxListBytes, readSubscribers, subscribersRequest } from "./subscribers.ts";

/** The calls of one route. Nothing is sent before the first one. */
export function createClient(route: KddiRouteConfig, connections: number): ProviderClient {
  const dispatcher = createTransport(route, connections);
  const endpoint = endpointOf(route);
  const { origin } = endpoint;
  const postHeaders = byMode((mode) => sendHeaders(route, mode));
  const getHeaders = byMode((mode) => statusHeaders(route, mode));
  const credentials = credentialsOf(route);
  const statusSettings = {
    ...route,
    fields: withDefaultFields(route.smsResult.fields),
    readStatus: createStatusReader(route.smsStatusMap),
  };
  /** A number of this account has answered "capable", so the path of the check is right. */
  let isCapabilityProven = false;
  let closed: Promise<void> | undefined;

  const sendOne = async (message: OutgoingMessage): Promise<AttemptOutcome> => {
    const payload = message.payload as KddiPayload;
    const now = new Date();
    const headers = postHeaders[modeOf(payload)];
    const refusal = refusalOf(payload, route, now);
    if (refusal !== null || headers === null) return { kind: "rejected", reason: refusal ?? "no tokens for this mode" };
    const body = isPlusPayload(payload)
      ? plusRequestBody(message, payload, route.sms, now)
      : smsRequestBody(message.recipient, payload, route.sms);
    const request = { method: "POST", path: endpoint.sendPath, headers, body } as const;
    const outcome = readSendExchange(await exchange(dispatcher, origin, request, route), message, route, credentials);
    return outcome.kind === "unknown" ? { ...outcome, sendMode: modeOf(payload) } : outcome;
  };

  return {
    send: (batch) => Promise.all(batch.map(sendOne)),
    checkStatus: (refs) =>
      Promise.all(
        refs.map(async (ref) => {
          const headers = getHeaders[statusModeOf(ref, route.tokens)];
          if (headers === null) return { kind: "failed-check", reason: "no tokens for this mode" } as const;
          const request = { method: "GET", path: endpoint.statusPath(ref.providerMessageId), headers } as const;
          const result = await exchange(dispatcher, origin, request, route);
          return readStatusExchange(result, ref.providerMessageId, statusSettings, credentials);
        }),
      ),
    async checkCapability(recipients, { provenBefore = false } = {}) {
      const headers = postHeaders["1"];
      if (headers === null) return recipients.map(() => noTokens);
      const exchanges = await Promise.all(
        recipients.map((recipient) =>
          exchange(dispatcher, origin, capabilityRequest(recipient, route, endpoint.below, headers), route),
        ),
      );
      const read = () =>
        exchanges.map((each) => readCapability(each, isCapabilityProven || provenBefore, route, credentials));
      isCapabilityProven ||= read().some(({ kind }) => kind === "capable");
      return read();
    },
    async listSubscribers(cursor) {
      const headers = postHeaders["1"];
      if (headers === null) return noTokens;
      const request = subscribersRequest(cursor, route, endpoint, headers);
      const result = await exchange(dispatcher, origin, request, { ...route, maxBodyBytes: maxListBytes });
      return readSubscribers(result, cursor, route, origin, credentials);
    },
    close: () => {
      closed ??= dispatcher.close();
      return closed;
    },
  };
}

const noTokens = {
  kind: "not-available",
  reason: "this route sends SMS only (tokens: smsonly); it can ask nothing about +Message",
  forRoute: true,
} as const;

function byMode<T>(make: (mode: SendMode) => T): Record<SendMode, T> {
  return { "0": make("0"), "1": make("1"), "2": make("2") };
}

/** What must never stand in a reason, should the gateway repeat it. */
function credentialsOf(route: KddiRouteConfig): string[] {
  const { basicAuth, tokens } = route;
  const carriers = tokens === "smsonly" ? [] : [tokens.au, tokens.docomo, tokens.softbank];
  const authorization = sendHeaders(route, "2")?.[1] ?? "";
  return [authorization, basicAuth.password, ...carriers].filter((secret) => secret !== "");
}
