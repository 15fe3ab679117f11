// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes variables as ${NAME}

import { inspect } from "node:util";
import { defaultClassRules } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Config, RouteSchemas } from "./config.ts";
import { formatFault } from "./fault.ts";
import { parseConfig, redactConfig } from "./parse.ts";

/** Two carriers that exist nowhere, so that these tests say nothing about a real one. */
const routeSchemas: RouteSchemas = {
  pigeon: {
    settings: z.strictObject({
      provider: z.literal("pigeon"),
      loft: z.url().describe("Where the pigeons live."),
      ring: z.string(),
      key: z.strictObject({ user: z.string(), password: z.string().min(4).meta({ secret: true }) }),
      flock: z.union([z.literal("one"), z.strictObject({ left: z.string(), right: z.int() })]).prefault("one"),
      speed: z.number().prefault(80),
    }),
    limits: { tps: 7, concurrency: 3 },
  },
  owl: { settings: z.strictObject({ provider: z.literal("owl") }), limits: { tps: null, concurrency: 1 } },
  bat: {
    settings: z.strictObject({ provider: z.literal("bat") }),
    limits: { tps: null, concurrency: 1 },
    receipts: { receiptGraceMs: 5_000, statusChecks: { afterMinutes: [1, 2], lastCheckMarginMs: 60_000 } },
  },
};

function parse(text: string, env: Record<string, string | undefined> = {}) {
  return parseConfig({ text, file: "hikyaku.yaml", env, routeSchemas });
}

function configOf(text: string, env: Record<string, string | undefined> = {}): Config {
  const result = parse(text, env);
  if (!result.ok) throw new Error(result.faults.map(formatFault).join("\n"));
  return result.config;
}

function faultsOf(text: string, env: Record<string, string | undefined> = {}) {
  const result = parse(text, env);
  return result.ok ? [] : result.faults;
}

const pigeonRoute = `
routes:
  post:
    provider: pigeon
    loft: https://loft.example/a
    ring: "0312"
    key: { user: \${USER_NAME}, password: \${PASSWORD} }
`;
const pigeonEnv = { USER_NAME: "u", PASSWORD: "geheim" };

describe("an empty file", () => {
  test("is a whole configuration: every value has a default", () => {
    expect(configOf("")).toMatchObject({
      file: "hikyaku.yaml",
      databaseUrl: null,
      redisUrl: null,
      redisPrefix: "hikyaku",
      dataDir: ".hikyaku",
      receiver: { port: 8080 },
      console: { port: 3000, users: [] },
      receiptGraceMs: 300_000,
      retry: { maxAttempts: 8 },
      unknown: { reconcileAfterMs: 259_200_000, policy: "hold" },
      retention: { days: 90 },
      shutdownGraceMs: 45_000,
      feed: { windowSeconds: 5 },
      heartbeat: { everyMs: 1_000, deadAfterMs: 3_000 },
      routes: {},
    });
  });

  test.each(["# only a comment\n", "---\n", "{}"])("%j counts as one", (text) => {
    expect(configOf(text).redisPrefix).toBe("hikyaku");
  });
});

describe("a route", () => {
  test("is split into the common part and the carrier's own", () => {
    expect(configOf(pigeonRoute, pigeonEnv).routes).toEqual({
      post: {
        name: "post",
        provider: "pigeon",
        settings: {
          provider: "pigeon",
          loft: "https://loft.example/a",
          ring: "0312",
          key: { user: "u", password: "geheim" },
          flock: "one",
          speed: 80,
        },
        limits: { tps: 7, concurrency: 3 },
        hooks: null,
        receiptGraceMs: 300_000,
        statusChecks: expect.objectContaining({ lastCheckMarginMs: 43_200_000 }),
        retry: { maxAttempts: 8 },
        unknown: { reconcileAfterMs: 259_200_000, policy: "hold" },
        replies: expect.objectContaining({ linkWithinMs: 604_800_000, optOutMatch: "whole", optOutScope: "all" }),
        events: null,
        classRules: defaultClassRules,
      },
    });
  });

  test("has the rules of the message classes, its own where it says so", () => {
    const { routes } = configOf(`
class: transactional
windows: { advertising: 10:00-19:00, dunning: null }
sender: { name: 株式会社飛脚堂 }
advertising: { refusals: [https://ex.jp/stop], requireConsent: true }
console: { timeZone: Asia/Seoul }
routes:
  a: { provider: owl }
  b:
    provider: owl
    class: dunning
    windows: { advertising: null, transactional: 06:00-23:00 Asia/Seoul }
    sender: { name: 飛脚信販株式会社 }
    advertising: { refusals: [/停止/, STOP], requireConsent: false }`);
    expect(routes.a?.classRules).toEqual({
      defaultClass: "transactional",
      windows: {
        advertising: { from: "10:00", to: "19:00", timeZone: "Asia/Tokyo" },
        dunning: null,
        transactional: null,
      },
      senderName: "株式会社飛脚堂",
      refusalWays: ["https://ex.jp/stop"],
      requireConsent: true,
      timeZone: "Asia/Seoul",
    });
    expect(routes.b?.classRules).toEqual({
      defaultClass: "dunning",
      windows: {
        advertising: null,
        dunning: null,
        transactional: { from: "06:00", to: "23:00", timeZone: "Asia/Seoul" },
      },
      senderName: "飛脚信販株式会社",
      refusalWays: ["/停止/", "STOP"],
      requireConsent: false,
      timeZone: "Asia/Seoul",
    });
  });

  test("takes what it doesn't say from the top of the file", () => {
    const { routes } = configOf(`
receiptGrace: 10s
retry: { maxAttempts: 3, base: 1s }
routes:
  a: { provider: owl, retry: { cap: 9s }, receiptGrace: 1m }
  b: { provider: owl }`);
    expect(routes.a).toMatchObject({ receiptGraceMs: 60_000, retry: { maxAttempts: 3, baseMs: 1_000, capMs: 9_000 } });
    expect(routes.b).toMatchObject({ receiptGraceMs: 10_000, retry: { maxAttempts: 3, baseMs: 1_000 } });
  });

  test("of a carrier with receipt times of its own has those, unless it says otherwise itself", () => {
    const text =
      "receiptGrace: 9m\nroutes:\n  a: { provider: bat }\n  b: { provider: bat, receiptGrace: 7s, statusChecks: { afterMinutes: [3] } }";
    const { routes } = configOf(text, {});
    expect(routes.a).toMatchObject({
      receiptGraceMs: 5_000,
      statusChecks: { afterMinutes: [1, 2], lastCheckMarginMs: 60_000 },
    });
    expect(routes.b).toMatchObject({
      receiptGraceMs: 7_000,
      statusChecks: { afterMinutes: [3], lastCheckMarginMs: 60_000 },
    });
  });

  test("may have no limit of TPS, which is not the same as naming none", () => {
    const { routes } = configOf(`${pigeonRoute}    limits: { tps: null }`, pigeonEnv);
    expect(routes.post?.limits).toEqual({ tps: null, concurrency: 3 });
  });

  test("has hooks with addresses and ranges", () => {
    const hooks =
      "hooks: { secret: s3cret, allow: [203.0.113.0/24, 198.51.100.7, '2001:db8::/32'], basicAuth: { user: a, password: b } }";
    expect(configOf(`routes: { x: { provider: owl, ${hooks} } }`).routes.x?.hooks).toEqual({
      secret: "s3cret",
      allow: ["203.0.113.0/24", "198.51.100.7", "2001:db8::/32"],
      basicAuth: { user: "a", password: "b" },
    });
  });
});

describe("replies", () => {
  test("end somebody's messages by the usual words, unless the file or the route says otherwise", () => {
    const { routes } = configOf(`
replies: { optInWords: [再開], optOutScope: route }
routes:
  a: { provider: owl }
  b: { provider: owl, replies: { optOutWords: [], linkWithin: 1d } }`);
    expect(routes.a?.replies).toMatchObject({
      optOutWords: expect.arrayContaining(["停止", "STOP"]),
      optInWords: ["再開"],
    });
    expect(routes.b?.replies).toMatchObject({ optOutWords: [], linkWithinMs: 86_400_000, optOutScope: "route" });
  });
});

describe("events", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const top = `events: { url: "https://crm.example/hook", secret: ${secret}, kinds: [message.delivered], timeout: 3s }`;

  test("go to the place of the whole file, or to a route's own, each with its own secret", () => {
    const { routes } = configOf(`
${top}
routes:
  a: { provider: owl }
  b: { provider: owl, events: { kinds: [message.failed, message.failed] } }
  c: { provider: owl, events: { url: "http://10.0.0.5/c", secret: ${other}, previousSecret: ${secret}, concurrency: 2 } }
  d: { provider: owl, events: { url: null } }`);
    const place = { endpoint: "*", url: "https://crm.example/hook", secrets: [secret], timeoutMs: 3_000 };
    expect(routes.a?.events).toMatchObject({ ...place, kinds: ["message.delivered"], giveUpAfterMs: 259_200_000 });
    expect(routes.b?.events).toMatchObject({ ...place, kinds: ["message.failed"] });
    expect(routes.c?.events).toMatchObject({
      ...{ endpoint: "c", url: "http://10.0.0.5/c", secrets: [other, secret], concurrency: 2, timeoutMs: 3_000 },
      kinds: ["message.delivered"],
    });
    expect(routes.d?.events).toBeNull();
  });

  test("never show their secrets or the place, which may hold one", () => {
    const config = configOf(`${top.replace("/hook", "/hook?token=geheim")}\nroutes: { a: { provider: owl } }`);
    for (const value of [config, config.events, config.routes.a, config.routes.a?.events]) {
      expect(inspect(value, { depth: 9 }) + JSON.stringify(value)).not.toMatch(/geheim|whsec/);
    }
    expect(config.routes.a?.events?.url).toContain("geheim");
  });

  test.each([
    ["a place without a secret", 'events: { url: "https://x" }', "events.secret", "nothing"],
    ["a secret that is none", `${top.replace(secret, "whsec_short")}`, "events.secret", "a text (not shown)"],
    ["a place that is no URL", `events: { url: crm.example, secret: ${secret} }`, "events.url", "a text (not shown)"],
    [
      "a kind that does not exist",
      top.replace("message.delivered", "message.queued"),
      "events.kinds.0",
      '"message.queued"',
    ],
    [
      "a route's place without a secret",
      `${top}\nroutes: { a: { provider: owl, events: { url: "https://y" } } }`,
      "routes.a.events.secret",
      "nothing",
    ],
    [
      "a route's secret without a place",
      `${top}\nroutes: { a: { provider: owl, events: { secret: ${other} } } }`,
      "routes.a.events.secret",
      "a setting of a URL, and no URL",
    ],
    [
      "a route's timeout without a place",
      `${top}\nroutes: { a: { provider: owl, events: { timeout: 1s } } }`,
      "routes.a.events.timeout",
      "a setting of a URL, and no URL",
    ],
    [
      "a route's kinds without any place",
      "routes: { a: { provider: owl, events: { kinds: [message.sent] } } }",
      "routes.a.events.kinds",
      "kinds of events, and nowhere to send them",
    ],
  ])("%s is a fault", (_, text, path, found) => {
    expect(faultsOf(text)).toMatchObject([{ path, found }]);
  });
});

describe("the environment", () => {
  test("fills ${NAME}, also inside braces, quotes and words", () => {
    const env = { A: "x", B: "y: #z" };
    const { routes } = configOf(
      `routes: { r: { provider: pigeon, loft: "https://\${A}.example", ring: a\${A}b\${A}, key: { user: \${A}, password: \${B} } } }`,
      env,
    );
    expect(routes.r?.settings).toMatchObject({
      loft: "https://x.example",
      ring: "axbx",
      key: { user: "x", password: "y: #z" },
    });
  });

  test("gives a number or a boolean where one is wanted, and a text where a text is wanted", () => {
    const env = { PORT: "4000", USER_NAME: "1", PASSWORD: "0123", SPEED: "9.5" };
    const config = configOf(`${pigeonRoute}    speed: \${SPEED}\nreceiver: { port: \${PORT} }`, env);
    expect(config.receiver.port).toBe(4_000);
    expect(config.routes.post?.settings).toMatchObject({ speed: 9.5, key: { user: "1", password: "0123" } });
  });

  test("a text in the file is never taken for a number", () => {
    expect(faultsOf('receiver: { port: "4000" }')).toMatchObject([{ path: "receiver.port", found: '"4000"' }]);
  });

  test("a variable that is not set is a fault that names it", () => {
    expect(faultsOf(pigeonRoute, { PASSWORD: "geheim" })).toEqual([
      {
        file: "hikyaku.yaml",
        line: 7,
        path: "routes.post.key.user",
        found: "${USER_NAME}, which is not set",
        expected: "the environment variable USER_NAME",
        mend: "Set USER_NAME, give a default by ${USER_NAME:-…}, or write $${ for a literal ${",
      },
    ]);
  });

  test("an empty variable is an empty text, and ${NAME:-text} a default for both", () => {
    expect(configOf("dataDir: a${X}b", { X: "" }).dataDir).toBe("ab");
    expect(configOf("dataDir: ${X:-some/where}", { X: "" }).dataDir).toBe("some/where");
    expect(configOf("dataDir: ${X:-some/where}").dataDir).toBe("some/where");
    expect(configOf("dataDir: ${X:-some/where}", { X: "set" }).dataDir).toBe("set");
  });

  test("$${ is a literal ${, and a variable's value is not looked into", () => {
    expect(configOf("dataDir: a$${X}b").dataDir).toBe("a${X}b");
    expect(configOf("dataDir: ${X}", { X: "${Y}" }).dataDir).toBe("${Y}");
  });

  test.each(["${}", "${1A}", "${A B}", "${A-b}"])("%s names no variable", (text) => {
    expect(faultsOf(`dataDir: ${text}`, { A: "x" })).toMatchObject([{ found: `${text}, which names no variable` }]);
  });

  test("DATABASE_URL and REDIS_URL come before the file", () => {
    const text = "databaseUrl: postgres://file/a\nredisUrl: redis://file";
    expect(configOf(text)).toMatchObject({ databaseUrl: "postgres://file/a", redisUrl: "redis://file" });
    const env = { DATABASE_URL: "postgresql://env/b", REDIS_URL: "rediss://env" };
    expect(configOf(text, env)).toMatchObject({ databaseUrl: "postgresql://env/b", redisUrl: "rediss://env" });
    expect(configOf(text, { DATABASE_URL: "" })).toMatchObject({ databaseUrl: "postgres://file/a" });
  });

  test("a wrong DATABASE_URL is named as the variable it is", () => {
    expect(faultsOf("", { DATABASE_URL: "mysql://u:geheim@h/d" })).toMatchObject([
      { path: "DATABASE_URL", file: null, line: null },
    ]);
  });
});

const faults: [label: string, text: string, fault: Record<string, unknown>][] = [
  [
    "a number out of range",
    "receiver:\n  port: 70000",
    { line: 2, path: "receiver.port", found: "the number 70000", expected: "a whole number from 0 to 65535" },
  ],
  ["an address without a scheme", "receiver: { publicUrl: hooks.example.jp }", { path: "receiver.publicUrl" }],
  ["a fraction", "receiver: { port: 1.5 }", { path: "receiver.port", expected: "a whole number from 0 to 65535" }],
  [
    "a text for a number",
    "feed: { windowSeconds: soon }",
    { found: '"soon"', expected: "a number above 0 to 300 (s)" },
  ],
  [
    "a duration without a unit",
    "receiptGrace: 5",
    { found: "the number 5", expected: expect.stringContaining("5m"), mend: "Add a unit, e.g. 5s" },
  ],
  [
    "a duration out of range",
    "receiver: { ledgerBudget: 1s }",
    { found: '"1s"', expected: expect.stringContaining("at most 400ms") },
  ],
  [
    "a word outside the list",
    "logLevel: loud",
    { found: '"loud"', expected: "one of trace, debug, info, warn, error, fatal, silent" },
  ],
  [
    "an unknown key",
    "reciever: {}",
    { line: 1, path: "reciever", found: 'the unknown key "reciever"', mend: "Write receiver" },
  ],
  ["an unknown key that is like nothing", "zzzzzz: 1", { mend: "Remove it" }],
  [
    "an unknown key below",
    "console:\n  users:\n    - { name: a, passwort: b, password: c }",
    { line: 3, path: "console.users.0.passwort", mend: "Write password" },
  ],
  [
    "a time zone that does not exist",
    "console: { timeZone: Asia/Edo }",
    { path: "console.timeZone", found: '"Asia/Edo"', expected: "an IANA time zone such as Asia/Tokyo" },
  ],
  [
    "a delivery window that is none",
    "windows: { advertising: daytime }",
    {
      path: "windows.advertising",
      found: '"daytime"',
      expected: expect.stringContaining("local times such as 09:00-20:00 Asia/Tokyo"),
    },
  ],
  [
    "a class that is none",
    "routes: { a: { provider: owl, class: promo } }",
    { path: "routes.a.class", expected: "one of advertising, transactional, dunning" },
  ],
  [
    "a refusal way that is no expression",
    'advertising: { refusals: [停止, "/(/"] }',
    { path: "advertising.refusals.1", found: '"/(/"', expected: expect.stringContaining("between slashes") },
  ],
  ["a blank name", 'sender: { name: " " }', { path: "sender.name", expected: "a name on one line" }],
  ["an empty section", "worker:\n", { path: "worker", found: "an empty value", expected: "a mapping" }],
  ["a list for a mapping", "worker: [1]", { found: "a list of 1", expected: "a mapping" }],
  ["a file that is a list", "- a\n- b", { path: "", found: "a list of 2", expected: "a mapping" }],
  [
    "a route name with a colon",
    'routes: { "a:b": { provider: owl } }',
    { path: "routes.a:b", found: 'the name "a:b"' },
  ],
  [
    "a route that is no mapping",
    "routes: { a: owl }",
    { path: "routes.a", found: '"owl"', expected: "a mapping with provider" },
  ],
  [
    "a route without a carrier",
    "routes:\n  a:\n    limits: {}",
    { line: 2, path: "routes.a.provider", found: "nothing" },
  ],
  [
    "a carrier nobody has",
    "routes: { a: { provider: pidgeon } }",
    { path: "routes.a.provider", expected: "one of pigeon, owl, bat", mend: "Write pigeon" },
  ],
  [
    "an unknown key of a route",
    "routes: { a: { provider: owl, limit: 5 } }",
    {
      path: "routes.a.limit",
      found: 'the unknown key "limit"',
      mend: "Write limits",
      expected: expect.stringContaining("hooks"),
    },
  ],
  [
    "a range that is none",
    "routes: { a: { provider: owl, hooks: { secret: x, allow: [10.0.0.0/33] } } }",
    { path: "routes.a.hooks.allow.0", found: '"10.0.0.0/33"', mend: "Change this entry" },
  ],
  ["a YAML fault", "receiver: { port: 1\nconsole: 2", { path: "", expected: "YAML 1.2" }],
  [
    "a key that stands twice",
    "logLevel: info\nlogLevel: warn",
    { line: 2, found: "YAML that can't be read (duplicate key)" },
  ],
];

describe("a fault", () => {
  test.each(faults)("%s", (_, text, fault) => {
    expect(faultsOf(text)).toEqual([expect.objectContaining({ file: "hikyaku.yaml", ...fault })]);
  });

  test("inside a union is told of the branch that was meant", () => {
    expect(faultsOf(`${pigeonRoute}    flock: { left: a, right: b }`, pigeonEnv)).toMatchObject([
      { path: "routes.post.flock.right", found: '"b"', expected: "a whole number" },
    ]);
    expect(faultsOf(`${pigeonRoute}    flock: two`, pigeonEnv)).toMatchObject([
      { path: "routes.post.flock", found: '"two"', expected: "one or a mapping with left, right" },
    ]);
  });

  test("of a text that YAML read as a number says to quote it", () => {
    expect(faultsOf(pigeonRoute.replace('"0312"', "0312"), pigeonEnv)).toMatchObject([
      { path: "routes.post.ring", found: "the number 312", mend: "Put it in quotes" },
    ]);
  });

  test("of a missing value says what it is for", () => {
    expect(faultsOf(pigeonRoute.replace(/.*loft.*\n/, ""), pigeonEnv)).toMatchObject([
      { path: "routes.post.loft", found: "nothing", expected: "a URL", mend: "Add `loft`: Where the pigeons live" },
    ]);
  });

  test("comes with all the others, in the common part and in the carrier's", () => {
    const text = `${pigeonRoute.replace('"0312"', "1")}    limits: { tps: 0 }\nlogLevel: loud\nfoo: 1`;
    expect(
      faultsOf(text, { USER_NAME: "u" })
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["foo", "logLevel", "routes.post.key.password", "routes.post.limits.tps", "routes.post.ring"]);
  });

  test("is one line to read", () => {
    const [fault] = faultsOf("receiver:\n  port: 70000");
    expect(fault && formatFault(fault)).toBe(
      "hikyaku.yaml:2 receiver.port: found the number 70000, expected a whole number from 0 to 65535. " +
        "Change `port`: Port on which notifications of the carriers arrive; 0 takes a free one.",
    );
  });
});

describe("secrets", () => {
  const secret = "geheim-0815";
  const text = `
databaseUrl: postgres://u:${secret}@h/d
redisUrl: \${REDIS}
console: { users: [{ name: admin, password: ${secret} }] }
${pigeonRoute}    hooks: { secret: ${secret}, authorization: ${secret} }`;
  const env = { USER_NAME: "u", PASSWORD: secret, REDIS: `redis://:${secret}@h` };

  test("are there for those who use them", () => {
    expect(configOf(text, env).routes.post?.hooks?.secret).toBe(secret);
  });

  test("never print, from whatever depth", () => {
    const config = configOf(text, env);
    const post = config.routes.post;
    for (const value of [
      config,
      config.console,
      config.console.users[0],
      config.routes,
      post,
      post?.hooks,
      post?.settings,
    ]) {
      expect(JSON.stringify(value)).not.toContain(secret);
      expect(inspect(value, { depth: 9 })).not.toContain(secret);
      expect(JSON.stringify(value)).toContain("[redacted]");
    }
    expect(JSON.stringify(post?.settings)).toContain('"key":{"user":"u","password":"[redacted]"}');
  });

  test("are replaced in the copy that may be shown, everything else is as it was", () => {
    expect(redactConfig(configOf(text, env))).toMatchObject({
      databaseUrl: "[redacted]",
      redisPrefix: "hikyaku",
      console: { users: [{ name: "admin", password: "[redacted]" }] },
    });
    expect(redactConfig(configOf(""))).toMatchObject({ databaseUrl: null });
  });

  test.each([
    ["a wrong one in the file", `databaseUrl: "${secret}"`, {}],
    ["a wrong one of the wrong type", `${pigeonRoute.replace("${PASSWORD}", "12")}`, pigeonEnv],
    ["a wrong one from the environment", "databaseUrl: ${X}", { X: secret }],
    ["a wrong value from the environment", "logLevel: ${X}", { X: secret }],
    ["a default that is wrong", `logLevel: \${X:-${secret}}`, {}],
    ["YAML that can't be read", `databaseUrl: {${secret}`, {}],
    ["an unknown key's value", `passwort: ${secret}`, {}],
  ])("%s is not shown in its fault", (_, faulty, faultyEnv) => {
    const found = faultsOf(faulty, faultyEnv);
    expect(found).not.toEqual([]);
    expect(JSON.stringify(found)).not.toMatch(/geheim|12\b/);
  });
});
