// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes variables as ${NAME}
import { describeConfig, formatFault, parseConfig } from "@hikyaku/config";
import { describe, expect, test } from "vitest";
import { findProvider, providers, routeSchemas } from "./providers.ts";

describe("the registry", () => {
  test("has every carrier under its own name", () => {
    for (const [name, { provider }] of Object.entries(providers)) expect(provider.name).toBe(name);
  });

  test("answers for a carrier nobody has with those there are", () => {
    expect(() => findProvider("toString")).toThrow(
      'no carrier is called "toString"; this build has kddi, sens, sens-sms',
    );
  });

  test("describes every key of every carrier", () => {
    const rows = describeConfig(routeSchemas)
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.filter((row) => / \| {2}\|$/.test(row))).toEqual([]);
    for (const key of ["botId", "plusFriendId", "contentType"]) {
      expect(rows.some((row) => row.includes(`\`routes.<name>.${key}\``))).toBe(true);
    }
  });
});

const file = `
routes:
  coupon-sms:                         # KDDI, SMS only
    provider: kddi
    baseUrl: https://api.msg-gw.kddi.com/au      # host and aggid as issued
    botId: bot_0001
    basicAuth: { user: \${KDDI_USER}, password: \${KDDI_PASSWORD} }
    tokens: smsonly                   # or { au: …, docomo: …, softbank: … }
    smsNumber: "0312345678"
    limits: { tps: 100, concurrency: 20 }
    hooks: { secret: \${HOOK_SECRET}, allow: [203.0.113.0/24] }
`;
const env = { KDDI_USER: "user", KDDI_PASSWORD: "geheim", HOOK_SECRET: "geheim" };

describe("a KDDI route of the configuration file", () => {
  test("opens a client, publishes its rules and prints no secret", async () => {
    const result = parseConfig({ text: file, file: "hikyaku.yaml", env, routeSchemas });
    if (!result.ok) throw new Error(result.faults.map(formatFault).join("\n"));
    const route = result.config.routes["coupon-sms"];
    expect(route).toMatchObject({ limits: { tps: 100, concurrency: 20 }, hooks: { secret: "geheim" } });
    expect(JSON.stringify(result.config)).not.toContain("geheim");
    const provider = findProvider(route?.provider ?? "");
    const rules = provider.rules(provider.publicSettings(route?.settings));
    expect(rules.prepareContent({ text: "#{名前}様" })).toMatchObject({ variables: ["名前"] });
    await provider.connect(route?.settings, { routeName: "coupon-sms", connections: 1 }).close();
  });

  test("has 10 TPS and 10 requests in flight unless it says otherwise", () => {
    const result = parseConfig({ text: file.replace(/ +limits.*\n/, ""), file: null, env, routeSchemas });
    expect(result).toMatchObject({ config: { routes: { "coupon-sms": { limits: { tps: 10, concurrency: 10 } } } } });
  });

  test("with faults in both parts tells all of them, in the file's own names", () => {
    const faulty = file
      .replace('"0312345678"', "0312345678")
      .replace("botId", "botid")
      .replace("tps: 100", "tps: 0")
      .replace("smsonly  ", "{ au: a, docomo: b }");
    const result = parseConfig({ text: faulty, file: "hikyaku.yaml", env, routeSchemas });
    expect(result.ok ? [] : result.faults.map(({ line, path, mend }) => `${line} ${path}: ${mend}`).sort()).toEqual([
      "10 routes.coupon-sms.limits.tps: Change `tps`: Requests per second the contract allows, over all processes; null for no limit",
      "3 routes.coupon-sms.botId: Add `botId`: botId of the account notice",
      "6 routes.coupon-sms.botid: Write botId",
      "8 routes.coupon-sms.tokens.softbank: Add `softbank`: The SoftBank token of the account notice",
      "9 routes.coupon-sms.smsNumber: Put it in quotes",
    ]);
  });
});

const sensFile = `
routes:
  receipts-kakao:
    provider: sens
    baseUrl: https://sens.apigw.ntruss.com
    serviceId: ncp:kkobizmsg:kr:000:shop
    accessKey: \${NCP_ACCESS_KEY}
    secretKey: \${NCP_SECRET_KEY}
    plusFriendId: "@shop"
    limits: { tps: 50, concurrency: 10 }
  texts:
    provider: sens-sms
    serviceId: ncp:sms:kr:000:shop
    accessKey: \${NCP_ACCESS_KEY}
    secretKey: \${NCP_SECRET_KEY}
    smsNumber: "0200000000"
    receiptGrace: 30s
`;

describe("SENS routes of the configuration file", () => {
  test("open clients, publish their rules, print no secret and are asked about early", async () => {
    const secrets = { NCP_ACCESS_KEY: "geheim-a", NCP_SECRET_KEY: "geheim-b" };
    const result = parseConfig({ text: sensFile, file: "hikyaku.yaml", env: secrets, routeSchemas });
    if (!result.ok) throw new Error(result.faults.map(formatFault).join("\n"));
    expect(JSON.stringify(result.config)).not.toContain("geheim");
    const { "receipts-kakao": alimtalk, texts } = result.config.routes;
    expect(alimtalk).toMatchObject({ limits: { tps: 50, concurrency: 10 }, receiptGraceMs: 5_000 });
    expect(texts).toMatchObject({ limits: { tps: 50, concurrency: 10 }, receiptGraceMs: 30_000 });
    for (const [route, content] of [
      [alimtalk, { templateCode: "ORDER01", text: "#{이름}님" }],
      [texts, { text: "#{이름}님" }],
    ] as const) {
      const provider = findProvider(route?.provider ?? "");
      const rules = provider.rules(provider.publicSettings(route?.settings));
      expect(rules.prepareContent(content)).toMatchObject({ variables: ["이름"] });
      await provider.connect(route?.settings, { routeName: "a", connections: 1 }).close();
    }
  });
});
