import { describe, expect, test } from "vitest";
import { testRoute } from "../test/test-route.ts";
import { encodeSegment, endpointOf } from "./endpoint.ts";
import { kddi } from "./provider.ts";
import { routeConfigSchema } from "./route-config.ts";

const faults: [label: string, changes: Record<string, unknown>, path: string][] = [
  ["a base URL of another scheme", { baseUrl: "ftp://a.example/au" }, "baseUrl"],
  ["a base URL with credentials", { baseUrl: "https://u:p@a.example/au" }, "baseUrl"],
  ["a base URL with a query", { baseUrl: "https://a.example/au?x=1" }, "baseUrl"],
  [
    "a base URL that goes on to the API's own path",
    { baseUrl: "https://a.example/au/v1/fallback/rcs/bot/v1" },
    "baseUrl",
  ],
  ["a bot id that climbs up the path", { botId: ".." }, "botId"],
  ["a bot id with a space", { botId: "a b" }, "botId"],
  ["a user with a colon", { basicAuth: { user: "a:b", password: "p" } }, "basicAuth.user"],
  ["a missing password", { basicAuth: { user: "a" } }, "basicAuth.password"],
  ["two of three tokens", { tokens: { au: "a", docomo: "d" } }, "tokens"],
  ["a token with a line break", { tokens: { au: "a\r\nX: y", docomo: "d", softbank: "s" } }, "tokens.au"],
  ["a sender with hyphens", { smsNumber: "03-1234-5678" }, "smsNumber"],
  ["a sender in E.164", { smsNumber: "+81312345678" }, "smsNumber"],
  ["a dst nobody has", { dst: "9" }, "dst"],
  ["a status path without {msgId}", { statusPath: "/status" }, "statusPath"],
  ["an ambiguous 200", { ambiguousStatuses: [200] }, "ambiguousStatuses.0"],
  ["an accepted 404", { acceptStatuses: [404] }, "acceptStatuses.0"],
  ["a timeout without a unit", { connectTimeout: "5" }, "connectTimeout"],
  ["a timeout of nothing", { responseTimeout: "0s" }, "responseTimeout"],
  ["a proxy of another kind", { proxy: "socks5://127.0.0.1:1080" }, "proxy"],
  ["a zone nobody knows", { timestampZone: "JST" }, "timestampZone"],
  ["a status word that maps to nothing known", { smsStatusMap: { x: "gone" } }, "smsStatusMap.x"],
  ["an unknown key", { botid: "x" }, ""],
  ["an unknown limit of +Message", { rcs: { limits: { common: { titel: 1 } } } }, "rcs.limits.common"],
  ["an unknown limit of one carrier", { rcs: { limits: { au: { titel: 1 } } } }, "rcs.limits.au"],
  ["a MIME type with a parameter", { rcs: { mime: { image: ["image/png; q=1"] } } }, "rcs.mime.image.0"],
  ["a time offset in seconds", { rcs: { timeOffset: "seconds" } }, "rcs.timeOffset"],
  ["a channel nobody has", { destinationMap: { x: "fax" } }, "destinationMap.x"],
  ["a capability check by PUT", { capability: { method: "PUT" } }, "capability.method"],
  ["a capability path without a slash", { capability: { path: "check" } }, "capability.path"],
  ["a capability body without the number", { capability: { body: "{}" } }, "capability.body"],
  ["a capability body that is no JSON", { capability: { body: '{"to":"{userContact}"' } }, "capability.body"],
  ["a field path that ends in a dot", { statusFieldPaths: { status: ["a."] } }, "statusFieldPaths.status.0"],
  ["an answer's shape without its id", { rcsResponseShape: { orderId: "a" } }, "rcsResponseShape"],
  ["a way to correlate nobody has", { correlateBy: "time" }, "correlateBy"],
];

describe("a route", () => {
  test.each(faults)("with %s is refused there", (_, changes, path) => {
    const input = { provider: "kddi", baseUrl: "https://api.msg-gw.kddi.com/au", botId: "b", tokens: "smsonly" };
    const whole = { ...input, basicAuth: { user: "u", password: "p" }, smsNumber: "0312345678", ...changes };
    const result = routeConfigSchema.safeParse(whole);
    expect(result.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });

  test("has the defaults of the protocol notes", () => {
    expect(testRoute()).toMatchObject({
      tokenPrefix: "auto",
      dst: "0",
      statusPath: "/messages/{msgId}/status",
      ambiguousStatuses: [],
      retry504: true,
      allow060: true,
      allowDummyC0: false,
      connectTimeoutMs: 5_000,
      responseTimeoutMs: 35_000,
      maxBodyBytes: 262_144,
      timestampZone: "UTC",
      rcs: {
        dst: "0",
        reference: true,
        expiry: false,
        trafficType: false,
        timeOffset: "omit",
        limits: { common: { text: 2_730, title: 200, description: 2_000, cards: 11, buttons: 4, chips: 11 }, au: {} },
      },
      rcsResponseShape: "gsma",
      destinationMap: {},
      correlateBy: "postback",
      capability: { method: "POST", path: "/contactCapabilities", okValues: ["chatBotCommunication", "chat"] },
      subscribers: { path: "/subscribers", nextField: "next", itemField: "userContact" },
      sms: { maxUnits: 660, single: 70, multi: 66, charPolicy: "warn", newline: "lf", sendBoth: true },
    });
  });

  test("can take 40 s for one call by default", () => {
    expect(kddi.longestCallMs(testRoute())).toBe(40_000);
  });

  test("publishes no secret, and only what survives JSON", () => {
    const secrets = { basicAuth: { user: "u", password: "geheim" }, proxy: "http://u:geheim@proxy.example" };
    const tokens = { au: "geheim-a", docomo: "geheim-d", softbank: "geheim-s" };
    const settings = kddi.publicSettings(testRoute({ ...secrets, tokens, statusHeaders: { "X-A": "geheim" } }));
    expect(JSON.stringify(settings)).not.toContain("geheim");
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });

  test("tells producers whether it can use +Message, and nothing of how", () => {
    const tokens = { au: "geheim-a", docomo: "geheim-d", softbank: "geheim-s" };
    expect(kddi.publicSettings(testRoute({ tokens }))).toMatchObject({ plusMessage: true });
    expect(kddi.publicSettings(testRoute())).toMatchObject({ plusMessage: false });
  });

  test("has rules even where published by another version, with other settings", () => {
    const settings = { smsNumber: "0312345678", somethingNew: true };
    expect(kddi.rules(settings).prepareContent({ text: "a" })).toHaveProperty("render");
  });
});

describe("the address", () => {
  test.each([
    ["botId_dummy", "botId_dummy"],
    ["name@botplatform.example", "name@botplatform.example"],
    ["a:b!$&'()*+,;=c", "a:b!$&'()*+,;=c"],
    ["a/b?c#d%e", "a%2Fb%3Fc%23d%25e"],
    ["ボット", "%E3%83%9C%E3%83%83%E3%83%88"],
    ["a b", "a%20b"],
  ])("%j is one path segment: %s", (id, segment) => {
    expect(encodeSegment(id)).toBe(segment);
  });

  test.each(["https://api.msg-gw.kddi.com/au", "https://api.msg-gw.kddi.com/au/", "https://api.msg-gw.kddi.com/au//"])(
    "of %s is the guide's",
    (baseUrl) => {
      const endpoint = endpointOf(testRoute({ baseUrl }));
      expect(endpoint.origin).toBe("https://api.msg-gw.kddi.com");
      expect(endpoint.sendPath).toBe("/au/v1/fallback/rcs/bot/v1/botId_dummy/messages");
    },
  );

  test("of a host without a path starts at the root", () => {
    expect(endpointOf(testRoute({ baseUrl: "http://localhost:9000" })).sendPath).toBe(
      "/v1/fallback/rcs/bot/v1/botId_dummy/messages",
    );
  });
});
