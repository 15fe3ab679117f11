import {
  normaliseJapaneseMobile,
  type OutgoingMessage,
  type Provider,
  type ProviderClient,
  type ProviderRules,
  type RouteSettings,
} from "@hikyaku/core";
import { createTransport, exchange } from "@hikyaku/exchange";
import { prepareSmsContent, type SmsPayload } from "./content.ts";
import { createStatusReader } from "./delivery-status.ts";
import { endpointOf } from "./endpoint.ts";
import { readNotification } from "./notification.ts";
import { withDefaultFields } from "./notification-fields.ts";
import { sendHeaders, statusHeaders } from "./request-headers.ts";
import { type KddiRouteConfig, publicSettingsSchema } from "./route-config.ts";
import { readSendExchange, smsRequestBody } from "./send.ts";
import { readStatusExchange } from "./status.ts";

/** Days a message's status can be read (guide §1.2, since v1.2 for SMS too). */
const readableDays = 31;

/** KDDI Message Cast, SMS. */
export const kddi: Provider<KddiRouteConfig> = {
  name: "kddi",
  rules: createRules,
  connect: (route, { connections }) => createClient(route, connections),
  longestCallMs: ({ connectTimeoutMs, responseTimeoutMs }) => connectTimeoutMs + responseTimeoutMs,
  publicSettings: (route) => publicSettingsSchema.parse(route),
};

function createRules(published: RouteSettings): ProviderRules {
  const settings = publicSettingsSchema.parse(published);
  const notificationSettings = {
    fields: withDefaultFields(settings.smsResult.fields),
    readStatus: createStatusReader(settings.smsStatusMap),
    timestampZone: settings.timestampZone,
  };
  return {
    recipientsPerRequest: 1,
    readableDays,
    // No idempotency key and no search: without a msgId nothing can be asked (protocol notes §7).
    canLookUp: false,
    prepareContent: (content) => prepareSmsContent(content, settings),
    normaliseRecipient: (raw) => normaliseJapaneseMobile(raw, settings),
    readNotification: (input) => readNotification(input, notificationSettings),
  };
}

function createClient(route: KddiRouteConfig, connections: number): ProviderClient {
  const dispatcher = createTransport(route, connections);
  const { origin, sendPath, statusPath } = endpointOf(route);
  const postHeaders = sendHeaders(route);
  const getHeaders = statusHeaders(route);
  const credentials = credentialsOf(route, postHeaders);
  const statusSettings = {
    errorFieldPaths: route.errorFieldPaths,
    timestampZone: route.timestampZone,
    fields: withDefaultFields(route.smsResult.fields),
    readStatus: createStatusReader(route.smsStatusMap),
  };

  let closed: Promise<void> | undefined;
  const sendOne = async (message: OutgoingMessage) => {
    const body = smsRequestBody(message.recipient, message.payload as SmsPayload, route.sms);
    const request = { method: "POST", path: sendPath, headers: postHeaders, body } as const;
    return readSendExchange(await exchange(dispatcher, origin, request, route), message, route, credentials);
  };

  return {
    send: (batch) => Promise.all(batch.map(sendOne)),
    checkStatus: (refs) =>
      Promise.all(
        refs.map(async ({ providerMessageId }) => {
          const request = { method: "GET", path: statusPath(providerMessageId), headers: getHeaders } as const;
          const result = await exchange(dispatcher, origin, request, route);
          return readStatusExchange(result, providerMessageId, statusSettings, credentials);
        }),
      ),
    close: () => {
      closed ??= dispatcher.close();
      return closed;
    },
  };
}

/** What must never stand in a reason, should the gateway repeat it. */
function credentialsOf({ basicAuth, tokens }: KddiRouteConfig, headers: readonly string[]): string[] {
  const carriers = tokens === "smsonly" ? [] : [tokens.au, tokens.docomo, tokens.softbank];
  return [headers[1] ?? "", basicAuth.password, ...carriers].filter((secret) => secret !== "");
}
