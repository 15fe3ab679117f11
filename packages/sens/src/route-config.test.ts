import { describe, expect, test } from "vitest";
import { testRoute, testRules } from "../test/test-route.ts";
import { sens } from "./provider.ts";
import { defaultReceipts, routeConfigSchema } from "./route-config.ts";

const faults: [label: string, changes: Record<string, unknown>, path: string][] = [
  ["a base URL of another scheme", { baseUrl: "ftp://a.example" }, "baseUrl"],
  ["a base URL with credentials", { baseUrl: "https://u:p@a.example" }, "baseUrl"],
  ["a base URL that goes on to the API's own path", { baseUrl: "https://a.example/alimtalk/v2/services/x" }, "baseUrl"],
  ["the service ID of SMS", { serviceId: "ncp:sms:kr:100000000001:demo" }, "serviceId"],
  ["a service ID that climbs up the path", { serviceId: "../x" }, "serviceId"],
  ["a channel without its @", { plusFriendId: "demo_shop" }, "plusFriendId"],
  ["no access key", { accessKey: undefined }, "accessKey"],
  ["an access key with a line break", { accessKey: "a\r\nX: y" }, "accessKey"],
  ["an empty secret key", { secretKey: "" }, "secretKey"],
  ["a sender with hyphens", { smsNumber: "02-0000-0000" }, "smsNumber"],
  ["more than 100 recipients", { recipientsPerRequest: 101 }, "recipientsPerRequest"],
  ["a 4xx that was not processed", { notProcessedStatuses: [429] }, "notProcessedStatuses.0"],
  ["a zone nobody knows", { timestampZone: "KST" }, "timestampZone"],
  ["a look-up without a unit", { lookUp: { after: "60" } }, "lookUp.after"],
  ["an unknown key", { plusfriendid: "x" }, ""],
];

describe("a route", () => {
  test.each(faults)("with %s is refused there", (_, changes, path) => {
    const right = {
      provider: "sens",
      serviceId: "ncp:kkobizmsg:kr:1:demo",
      accessKey: "a",
      secretKey: "b",
      plusFriendId: "@a",
    };
    const result = routeConfigSchema.safeParse({ ...right, ...changes });
    expect(result.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
    expect(routeConfigSchema.safeParse(right).success).toBe(true);
  });

  test("has the defaults of the protocol notes", () => {
    expect(testRoute({ baseUrl: undefined })).toMatchObject({
      baseUrl: "https://sens.apigw.ntruss.com",
      recipientsPerRequest: 100,
      smsNumbers: [],
      notProcessedStatuses: [],
      timestampZone: "Asia/Seoul",
      failoverWaitMs: 600_000,
      lookUp: { after: 60_000, window: 120_000 },
      connectTimeoutMs: 5_000,
      responseTimeoutMs: 35_000,
    });
  });

  test("publishes no secret, and only what survives JSON", () => {
    const settings = sens.publicSettings(
      testRoute({ secretKey: "geheim", accessKey: "geheim-a", proxy: "http://u:geheim@a" }),
    );
    expect(JSON.stringify(settings)).not.toContain("geheim");
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });

  test("has rules even where published by another version, with other settings", () => {
    const rules = sens.rules({ plusFriendId: "@a", somethingNew: true });
    expect(rules.prepareContent({ templateCode: "A", text: "a" })).toHaveProperty("render");
  });

  test("can take 80 s for one call by default: twice where the clock is wrong", () => {
    expect(sens.longestCallMs(testRoute())).toBe(80_000);
  });

  test("is asked about early, then ever more seldom, to the end of its window", () => {
    const { afterMinutes } = defaultReceipts.statusChecks;
    expect(afterMinutes[0]).toBe(1 / 12);
    expect([...afterMinutes].sort((one, other) => one - other)).toEqual([...afterMinutes]);
    expect(afterMinutes.at(-1)).toBeLessThan(30 * 1_440);
  });
});

describe("the rules", () => {
  test("are those of SENS", () => {
    expect(testRules({ recipientsPerRequest: 10 })).toMatchObject({
      recipientsPerRequest: 10,
      readableDays: 30,
      canLookUp: true,
    });
  });

  test("read no notification, since there are none", () => {
    const input = { kindHint: "any", contentType: null, body: "{}" } as const;
    expect(testRules().readNotification(input)).toMatchObject([{ kind: "unrecognised" }]);
  });

  test("bring Korean numbers into one form", () => {
    expect(testRules().normaliseRecipient("010-1234-5678")).toEqual({ ok: true, recipient: "+821012345678" });
    expect(testRules().normaliseRecipient("090-1234-5678")).toMatchObject({ ok: false });
  });
});
