import { normaliseJapaneseMobile, type Provider, type ProviderRules, type RouteSettings } from "@hikyaku/core";
import { createClient } from "./client.ts";
import type { KddiPayload } from "./content/payload.ts";
import { prepareContent } from "./content/prepare-content.ts";
import { limitsOfSms } from "./content/sms-part.ts";
import { createStatusReader } from "./delivery-status.ts";
import { readNotification } from "./notification.ts";
import { withDefaultFields } from "./notification-fields.ts";
import { previewOf } from "./preview.ts";
import { previewPage } from "./preview-html.ts";
import { readReference } from "./reference.ts";
import { type KddiRouteConfig, publicSettingsOf, publicSettingsSchema } from "./route-config.ts";
import { isSentFrom } from "./sender-number.ts";

/** Days a message's status can be read (guide §1.2, since v1.2 for SMS too). */
const readableDays = 31;

/** KDDI Message Cast: SMS, and +Message with or without falling back to it. */
export const kddi: Provider<KddiRouteConfig> = {
  name: "kddi",
  rules: createRules,
  connect: (route, { connections }) => createClient(route, connections),
  longestCallMs: ({ connectTimeoutMs, responseTimeoutMs }) => connectTimeoutMs + responseTimeoutMs,
  publicSettings: publicSettingsOf,
  account: ({ botId }) => botId,
  setUp: {
    postsNotifications: true,
    // Guide §1.1: the source addresses stand in the application form.
    admitsByAddress: true,
    mends: {
      credentials: "Compare basicAuth, tokens and botId with the account notice.",
      forbidden: "The carrier admits registered source addresses only: see from which address this machine leaves.",
      configuration: "Compare baseUrl and botId with the account notice.",
    },
  },
};

function createRules(published: RouteSettings): ProviderRules {
  const settings = publicSettingsSchema.parse(published);
  const notificationSettings = {
    ...settings,
    fields: withDefaultFields(settings.smsResult.fields, settings.smsMo.fields),
    readStatus: createStatusReader(settings.smsStatusMap),
  };
  return {
    recipientsPerRequest: 1,
    readableDays,
    // No idempotency key and no search: without a msgId nothing can be asked (protocol notes §7).
    canLookUp: false,
    prepareContent: (content) => prepareContent(content, settings),
    normaliseRecipient: (raw) => normaliseJapaneseMobile(raw, settings),
    readNotification: (input) => readNotification(input, notificationSettings),
    readReference,
    isSentFrom: (content, number) => isSentFrom(content, number, settings),
    previewPage: ({ payload }) => previewPage(previewOf(payload as KddiPayload, limitsOfSms(settings))),
  };
}
