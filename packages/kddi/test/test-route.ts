import type { OutgoingMessage, ProviderClient } from "@hikyaku/core";
import type { SmsPayload } from "../src/content/sms-part.ts";
import { kddi } from "../src/provider.ts";
import { type KddiRouteConfig, routeConfigSchema } from "../src/route-config.ts";

/** A route as a configuration file would write it, with the changes a test is about. */
export function testRoute(changes: Record<string, unknown> = {}): KddiRouteConfig {
  return routeConfigSchema.parse({
    provider: "kddi",
    baseUrl: "http://127.0.0.1:9/au",
    botId: "botId_dummy",
    basicAuth: { user: "testUser", password: "password" },
    tokens: "smsonly",
    smsNumber: "0312345678",
    ...changes,
  });
}

/** Tokens of an account that may use +Message; one has its prefix already. */
export const plusTokens = { au: "au-token", docomo: "Bearer docomo-token", softbank: "softbank-token" };

/** The guide's own message (reference pages). */
export const guideMessage = testMessage("これは、SMSテストメッセージです", "+818000000000");

export function testMessage(text: string, recipient = "+819012345678"): OutgoingMessage {
  const payload: SmsPayload = { text, smsNumber: "0312345678", dst: "0" };
  return { id: "0198", recipient, payload };
}

/** A client of `port` that closes at the end of the test. */
export function testClient(
  port: number,
  changes: Record<string, unknown> = {},
  connections = 2,
): ProviderClient & AsyncDisposable {
  const route = testRoute({ baseUrl: `http://127.0.0.1:${port}/au`, ...changes });
  const client = kddi.connect(route, { routeName: "test", connections });
  return { ...client, [Symbol.asyncDispose]: () => client.close() };
}
