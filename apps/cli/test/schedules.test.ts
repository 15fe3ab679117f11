import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hikyaku as runCli } from "./cli-world.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let redis: Awaited<ReturnType<typeof createRedis>>;
let cwd: string;

beforeAll(async () => {
  database = await createDatabase();
  redis = await createRedis();
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-schedules-"));
  await writeFile(
    join(cwd, "hikyaku.yaml"),
    `redisPrefix: ${redis.redisPrefix}
routes:
  sms:
    provider: kddi
    baseUrl: http://127.0.0.1:9/au
    botId: bot_0001
    basicAuth: { user: u, password: p }
    tokens: smsonly
    smsNumber: "0312345678"
    allowDummyC0: true
`,
  );
  await writeFile(
    join(cwd, "list.csv"),
    "電話番号,氏名,店\n090-0100-0001,山田 太郎,渋谷\n03-1234-5678,固定 電話,渋谷\n090-0100-0002,鈴木 花子,新宿\n",
  );
  await hikyaku("migrate");
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
  await redis.clear();
  await database.drop();
});

function hikyaku(...argv: string[]) {
  return runCli(argv, { cwd, env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
}

const times = ["--at", "10:00", "--days", "mon-wed,fri", "--from", "2036-12-01", "--until", "2037-05-31"];
const create = (code: string, ...more: string[]) =>
  hikyaku(
    "schedule",
    "create",
    code,
    "list.csv",
    "-r",
    "sms",
    "-t",
    "#{氏名}様",
    "--class",
    "transactional",
    ...times,
    ...more,
  );

test("from its making to its end", async () => {
  const made = await create("weekly", "--description", "会員向け", "--window", "09:00-20:00 Asia/Tokyo");
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toContain("2 recipients, 2 billable parts a run; 1 row rejected");
  expect(made.out).toContain("Next runs: 2036-12-01 10:00, 2036-12-02 10:00");
  expect(await readFile(join(cwd, "list.rejected.csv"), "utf8")).toContain("03-1234-5678");

  const list = await hikyaku("schedule", "list");
  expect(list.out).toMatch(
    /weekly\s+active\s+mon, tue, wed, fri 10:00 Asia\/Tokyo\s+2037-05-31\s+sms\s+2\s+2036-12-01 10:00\s+–/,
  );
  expect((await hikyaku("schedule", "list", "--after", "weekly")).out).toBe("No schedules.\n");

  const edited = await hikyaku(
    "schedule",
    "edit",
    "weekly",
    "--days",
    "all",
    "-t",
    "#{氏名}様へ",
    "--without",
    "window",
    "--pause",
  );
  expect(edited.err).toBe("");
  expect(edited.out).toContain("What it says now: 2 recipients");
  expect(edited.out).toContain("No run is due: paused.");
  const { out } = await hikyaku("schedule", "show", "weekly", "--json");
  expect(JSON.parse(out)).toMatchObject({
    state: "paused",
    template: { route: "sms", text: "#{氏名}様へ" },
    runs: [],
    description: "会員向け",
  });
  expect(JSON.parse(out)).not.toHaveProperty("weekdays");
  expect(JSON.parse(out)).not.toHaveProperty("template.window");

  await writeFile(join(cwd, "new.csv"), "to,氏名\n09001000003,佐藤\n");
  expect((await hikyaku("schedule", "import", "weekly", "new.csv")).out).toContain(
    "1 recipient, 1 billable part a run",
  );
  expect((await hikyaku("schedule", "edit", "weekly", "--resume")).out).toContain("Next runs: 2036-12-01 10:00");
  const shown = (await hikyaku("schedule", "show", "weekly", "--next", "2")).out;
  expect(shown).toMatch(/NEXT RUNS\s+IN Asia\/Tokyo\s+HERE\n2036-12-01\s+2036-12-01 10:00/);
  expect(shown).toContain("run-if-within 1h");
});

test("a deletion asks for the code, and does nothing without it", async () => {
  await create("old");
  const ask = (answer: string) =>
    runCli(["schedule", "delete", "old"], { cwd, env: { DATABASE_URL: database.url, REDIS_URL: redis.url }, answer });
  expect(await hikyaku("schedule", "delete", "old")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Give --yes."),
  });
  expect(await ask("y")).toMatchObject({
    code: 1,
    err: expect.stringContaining("That is not its code; nothing was deleted."),
  });
  expect(await ask("old")).toMatchObject({ code: 0, out: "Schedule old is deleted; its campaigns stay.\n" });
  expect(await hikyaku("schedule", "show", "old")).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is no schedule old."),
  });
});

test("what can't be made leaves nothing", async () => {
  await writeFile(join(cwd, "bad.csv"), "to,氏名\n110,x\n");
  const made = await hikyaku(
    "schedule",
    "create",
    "bad",
    "bad.csv",
    "-r",
    "sms",
    "-t",
    "#{氏名}様",
    "--class",
    "transactional",
    ...times,
  );
  expect(made).toMatchObject({ code: 2, err: expect.stringContaining("none of the rows can be messaged") });
  expect(await create("bad2", "--days", "someday")).toMatchObject({
    code: 2,
    err: expect.stringContaining("mon,wed or mon-fri"),
  });
  expect(await create("bad2", "--until", "2037-07-01")).toMatchObject({
    code: 2,
    err: expect.stringContaining("until: must be at most 6 months"),
  });
  expect(await create("bad2", "--missed", "maybe")).toMatchObject({
    code: 2,
    err: expect.stringContaining("run-if-within 1h"),
  });
  expect((await hikyaku("schedule", "list")).out).not.toContain("bad");
  expect(await hikyaku("schedule", "edit", "weekly")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Nothing is to be changed."),
  });
});
