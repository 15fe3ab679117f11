import { normaliseKoreanMobile, type Provider, type ProviderRules, type RouteSettings } from "@hikyaku/core";
import { prepareAlimtalkContent } from "./content.ts";
import { alimtalkPage } from "./preview-page.ts";
import { reservationStates } from "./reservation-states.ts";
import { publicSettingsSchema, type SensRouteConfig } from "./route-config.ts";
import { connectSens } from "./sens-client.ts";
import { setUpOf } from "./set-up.ts";
import { templateRules } from "./template-rules.ts";

/** Days the carrier's list goes back for certain (protocol notes §15.3, §17). */
export const readableDays = 30;

/** NAVER Cloud SENS, AlimTalk of KakaoTalk. */
export const sens: Provider<SensRouteConfig> = {
  name: "sens",
  rules: createRules,
  connect: (route, { connections }) => connectSens(route, { connections }),
  // A call by a wrong clock is made twice.
  longestCallMs: ({ connectTimeoutMs, responseTimeoutMs }) => 2 * (connectTimeoutMs + responseTimeoutMs),
  publicSettings: (route) => publicSettingsSchema.parse(route),
  account: ({ serviceId }) => serviceId,
  setUp: setUpOf("Biz Message"),
  templates: templateRules,
};

function createRules(published: RouteSettings): ProviderRules {
  const settings = publicSettingsSchema.parse(published);
  return {
    recipientsPerRequest: settings.recipientsPerRequest,
    readableDays,
    canLookUp: true,
    reservationStates: Object.keys(reservationStates),
    prepareContent: (content) => prepareAlimtalkContent(content, settings),
    templates: templateRules,
    previewPage: alimtalkPage(settings),
    normaliseRecipient: normaliseKoreanMobile,
    // SENS has no webhook of any kind (protocol notes §15.5).
    readNotification: () => [{ kind: "unrecognised", reason: "SENS sends no notifications" }],
  };
}
