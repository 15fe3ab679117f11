import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleAccount, type Simulator, startSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { hikyaku as runCli } from "./cli-world.ts";

const stack = new AsyncDisposableStack();
let simulator: Simulator;
let cwd: string;
let env: Record<string, string>;

/** The strict gateway, a ledger, and no process of ours: asking needs neither worker nor poller. */
beforeAll(async () => {
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  simulator = stack.use(
    await startSimulator({
      strict: true,
      accounts: [{ ...exampleAccount, smsNumbers: ["0312345678"], tps: 1_000, concurrency: 50 }],
      subscribers: { pageSize: 2 },
    }),
  );
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-questions-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  const account = {
    ...{ provider: "kddi", baseUrl: `${simulator.gatewayUrl}/au`, botId: "bot_0001", smsNumber: "0312345678" },
    ...{ basicAuth: { user: "testUser", password: "password" }, allowDummyC0: true },
    limits: { tps: 1_000, concurrency: 50 },
  };
  const routes = {
    plus: { ...account, tokens: exampleAccount.tokens },
    sms: { ...account, tokens: "smsonly" },
    wrong: { ...account, tokens: exampleAccount.tokens, basicAuth: { user: "testUser", password: "wrong" } },
    kakao: {
      ...{ provider: "sens", baseUrl: "https://sens.example", serviceId: "ncp:kkobizmsg:kr:1:shop" },
      ...{ accessKey: "k", secretKey: "s", plusFriendId: "@shop" },
    },
  };
  await writeFile(join(cwd, "hikyaku.yaml"), stringify({ redisPrefix: redis.redisPrefix, routes }));
  env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  expect((await run("migrate")).code).toBe(0);
});
afterAll(() => stack.disposeAsync());

const run = (...argv: string[]) => runCli(argv, { cwd, env });
const check = (...argv: string[]) => run("capability", "check", "--route", "plus", ...argv);
const asked = () => simulator.metrics().capabilityChecks;

describe("capability check", () => {
  test("of a number alone: unknown while nobody was ever found, then with its verdict, then from the ledger", async () => {
    const without = "090-0000-0001";
    const first = await check("--to", without, "--json");
    expect([first.code, JSON.parse(first.out)]).toMatchObject([
      1,
      { answers: [{ recipient: "+8190****0001", capable: null, said: expect.stringContaining("capability.path") }] },
    ]);
    const second = await check("--to", "090-0000-0000", "--to", without, "--to", "090-0000-0002");
    expect(second.code).toBe(0);
    expect(second.out).toMatch(/\+8190\*{4}0000 +yes +now +chat fileTransfer chatBotCommunication\n/);
    // Not the truth but what the carrier says: this one has removed the app (guide §1.5).
    expect(second.out).toMatch(/\+8190\*{4}0002 +yes +now/);
    const before = asked();
    expect((await check("--to", without, "--show-numbers")).out).toMatch(
      /\+819000000001 +no +\d{4}-.*, kept +HTTP 404/,
    );
    expect(asked()).toBe(before);
    await check("--to", without, "--max-age", "0s");
    expect(asked()).toBe(before + 1);
  });

  test("of a file writes a row for each row, in order, and rejects what is no number", async () => {
    const rows = Array.from({ length: 40 }, (_, nth) => `090-0000-000${nth % 2}`);
    await writeFile(
      join(cwd, "list.csv"),
      ["電話番号,氏名", ...rows.map((to) => `${to},x`), "03-1234-5678,固定", ""].join("\n"),
    );
    const { code, out } = await check("--recipients", "list.csv", "--json");
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      {
        ...{ answered: 40, capable: 20, notCapable: 20, unknown: 0, rejected: 1 },
        ...{ out: join(cwd, "list.capability.csv"), rejectedFile: join(cwd, "list.rejected.csv") },
      },
    ]);
    const lines = (await readFile(join(cwd, "list.capability.csv"), "utf8")).trim().split("\r\n");
    expect(lines[0]).toBe("recipient,capable,said,checked_at,source");
    expect(lines.slice(1).map((line) => line.split(",").slice(0, 2).join())).toEqual(
      rows.map((to) => (to.endsWith("0") ? "+819000000000,yes" : "+819000000001,no")),
    );
  });

  test("that is interrupted keeps what was answered, and goes on from there", async () => {
    const numbers = Array.from({ length: 300 }, (_, nth) => `0901234${String(nth).padStart(4, "0")}`);
    await writeFile(join(cwd, "long.csv"), ["to", ...numbers].join("\n"));
    const before = asked();
    const stop = new AbortController();
    const running = runCli(["capability", "check", "--route", "plus", "--recipients", "long.csv"], {
      ...{ cwd, env, interrupt: stop.signal },
    });
    await waitFor(() => asked() > before + 20, { what: "some questions" });
    stop.abort();
    const { code, err } = await running;
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/Stopped after [\d,]+ numbers?; their answers are in .*long\.capability\.csv\./),
    ]);
    const askedFirst = asked() - before;
    expect(askedFirst).toBeLessThan(300);
    const again = JSON.parse((await check("--recipients", "long.csv", "--full-rate", "--json")).out);
    expect(again).toMatchObject({ answered: 300, kept: askedFirst, asked: 300 - askedFirst, unknown: 0 });
  });

  test.each([
    ["the account has SMS only", ["--route", "sms", "--to", "090-0000-0000"], 1, "tokens: smsonly"],
    ["the carrier has no such call", ["--route", "kakao", "--to", "010-1234-5678"], 1, "offers no capability check"],
    ["the credentials are wrong", ["--route", "wrong", "--to", "090-0000-0009"], 1, "The gateway refuses route wrong"],
    [
      "the route is not configured",
      ["--route", "nix", "--to", "090-0000-0000"],
      2,
      "Name one of plus, sms, wrong, kakao",
    ],
    ["it is no number", ["--route", "plus", "--to", "03-1234-5678"], 2, "not a number that can be messaged"],
    ["nobody is named", ["--route", "plus"], 2, "nobody to ask about"],
    ["a list is named as well", ["--route", "plus", "--to", "1", "--recipients", "x"], 2, "both given"],
  ])("is refused when %s", async (_, argv, code, says) => {
    expect(await run("capability", "check", ...argv)).toMatchObject({
      code,
      out: "",
      err: expect.stringContaining(says),
    });
  });

  test("a list that can't be read leaves no file of answers", async () => {
    expect(await check("--recipients", "nowhere.csv")).toMatchObject({ code: 1 });
    expect(existsSync(join(cwd, "nowhere.capability.csv"))).toBe(false);
  });
});

describe("subscribers list", () => {
  test("has all pages, with masked numbers unless asked", async () => {
    const numbers = ["+819012345671", "+819012345672", "+819012345673"];
    for (const from of numbers) {
      simulator.setPhone(from, { app: "installed" });
      simulator.user.register({ from });
    }
    const table = await run("subscribers", "list", "--route", "plus");
    expect([table.code, table.out.split("\n").sort()]).toEqual([
      0,
      ["", "+8190****5671", "+8190****5672", "+8190****5673"],
    ]);
    expect(table.err).toContain("3 subscribers on plus.");
    const csv = await run("subscribers", "list", "--route", "plus", "--format", "csv", "--show-numbers");
    expect(csv.out.trim().split("\r\n").sort()).toEqual([...numbers, "recipient"].sort());
    const json = await run("subscribers", "list", "--route", "plus", "--json", "--show-numbers");
    expect(JSON.parse(json.out)).toMatchObject({
      route: "plus",
      unreadable: 0,
      subscribers: expect.arrayContaining(numbers),
    });
  });

  test.each([
    ["sms", 1, "tokens: smsonly"],
    ["kakao", 1, "offers no list of subscribers"],
    ["wrong", 1, "The gateway refuses route wrong"],
  ])("of route %s is refused with its reason", async (route, code, says) => {
    expect(await run("subscribers", "list", "--route", route)).toMatchObject({
      code,
      err: expect.stringContaining(says),
    });
  });
});

test("a held route is asked nothing, and the way to open it is told", async () => {
  await run("campaign", "list");
  await run("campaign", "create", "--route", "plus", "--text", "x");
  expect((await run("route", "hold", "plus", "--reason", "maintenance")).code).toBe(0);
  const before = asked();
  const refused = await check("--to", "090-0000-0005");
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringMatching(/held since .*maintenance[\s\S]*route release plus/),
  ]);
  expect(asked()).toBe(before);
});
