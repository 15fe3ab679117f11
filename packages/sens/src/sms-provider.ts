import { normaliseKoreanMobile, type Provider, type ProviderRules, type RouteSettings } from "@hikyaku/core";
import { type SensSmsRouteConfig, smsPublicSettingsSchema } from "./route-config.ts";
import { setUpOf } from "./set-up.ts";
import { connectSensSms } from "./sms-client.ts";
import { prepareSmsContent } from "./sms-content.ts";

/** Days an SMS can be asked about (protocol notes §15.3). */
const readableDays = 90;

/** NAVER Cloud SENS, SMS and LMS: a route of its own, e.g. for those whom an AlimTalk does not reach. */
export const sensSms: Provider<SensSmsRouteConfig> = {
  name: "sens-sms",
  rules: createRules,
  connect: (route, { connections }) => connectSensSms(route, { connections }),
  // A call by a wrong clock is made twice.
  longestCallMs: ({ connectTimeoutMs, responseTimeoutMs }) => 2 * (connectTimeoutMs + responseTimeoutMs),
  publicSettings: (route) => smsPublicSettingsSchema.parse(route),
  account: ({ serviceId }) => serviceId,
  setUp: setUpOf("SMS"),
};

function createRules(published: RouteSettings): ProviderRules {
  const settings = smsPublicSettingsSchema.parse(published);
  return {
    // 100 would go, but the answer names no message ids, only the request's.
    recipientsPerRequest: 1,
    readableDays,
    canLookUp: true,
    prepareContent: (content) => prepareSmsContent(content, settings),
    normaliseRecipient: normaliseKoreanMobile,
    readNotification: () => [{ kind: "unrecognised", reason: "SENS sends no notifications" }],
  };
}
