import type { PreparedContent } from "@hikyaku/core";
import type { AlimtalkPayload } from "../src/content.ts";
import { sens } from "../src/provider.ts";
import { routeConfigSchema, type SensRouteConfig } from "../src/route-config.ts";
import type { AlimtalkMessage } from "../src/send.ts";
import { connectSens, type SensClient } from "../src/sens-client.ts";

/** A route as a configuration file would write it, with the changes a test is about. */
export function testRoute(changes: Record<string, unknown> = {}): SensRouteConfig {
  return routeConfigSchema.parse({
    provider: "sens",
    baseUrl: "http://127.0.0.1:9",
    serviceId: "ncp:kkobizmsg:kr:100000000002:demo",
    accessKey: "TestAccessKey",
    secretKey: "TestSecretKey",
    plusFriendId: "@demo_shop",
    ...changes,
  });
}

/** Where the route's calls go. */
export const servicePath = "/alimtalk/v2/services/ncp:kkobizmsg:kr:100000000002:demo";

/** A client of `port` that closes at the end of the test. */
export function testClient(
  port: number,
  changes: Record<string, unknown> = {},
  connections = 2,
): SensClient & AsyncDisposable {
  const client = connectSens(testRoute({ baseUrl: `http://127.0.0.1:${port}`, ...changes }), { connections });
  return { ...client, [Symbol.asyncDispose]: () => client.close() };
}

/** The rules of the route. */
export function testRules(changes: Record<string, unknown> = {}) {
  return sens.rules(sens.publicSettings(testRoute(changes)));
}

/** A content as it is stored, or its faults thrown. */
export function prepared(content: unknown, changes: Record<string, unknown> = {}): PreparedContent {
  const result = testRules(changes).prepareContent(content);
  if ("issues" in result) throw new Error(JSON.stringify(result.issues));
  return result;
}

/** What `send` would be given for a content and its values. */
export function payloadOf(
  content: Record<string, unknown>,
  values: string[] = [],
  changes: Record<string, unknown> = {},
): AlimtalkPayload {
  const rendered = prepared({ templateCode: "ORDER01", ...content }, changes).render(values);
  if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));
  return rendered.payload as AlimtalkPayload;
}

/** The nth message of a batch: a recipient and a text of its own. */
export function testMessage(nth: number, content: Record<string, unknown> = {}): AlimtalkMessage {
  const payload = payloadOf({ text: `주문 ${nth}이(가) 발송되었습니다.`, ...content });
  return { id: `m${nth}`, recipient: recipientOf(nth), payload };
}

export function recipientOf(nth: number): string {
  return `+8210${String(nth).padStart(8, "0")}`;
}

/** The same number as it stands in `to`. */
export function toOf(nth: number): string {
  return `010${String(nth).padStart(8, "0")}`;
}
