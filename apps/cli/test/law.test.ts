import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import {
  claimBatch,
  connectLedger,
  deleteFinished,
  type Ledger,
  listMessages,
  newId,
  recordOutcomes,
  registerWorker,
} from "@hikyaku/ledger";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { attempt } from "./attempt.ts";
import { hikyaku as runCli } from "./cli-world.ts";

// One ledger without workers, as for the other commands; the routes are as they come, but for their names.
let database: Awaited<ReturnType<typeof createDatabase>>;
let redis: Awaited<ReturnType<typeof createRedis>>;
let ledger: Ledger;
let cwd: string;
const lawful = "【株式会社飛脚堂】#{氏名}様、クーポンです。配信停止 https://ex.jp/stop";
const actor = `cli:sato@${hostname()}`;

beforeAll(async () => {
  database = await createDatabase();
  redis = await createRedis();
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-law-"));
  const account = "baseUrl: http://127.0.0.1:9/au, basicAuth: { user: u, password: p }, tokens: smsonly";
  await writeFile(
    join(cwd, "hikyaku.yaml"),
    `redisPrefix: ${redis.redisPrefix}
sender: { name: 株式会社飛脚堂 }
routes:
  ads: { provider: kddi, botId: bot_ads, smsNumber: "0312345678", allowDummyC0: true, ${account} }
  strict: { provider: kddi, botId: bot_strict, smsNumber: "0312345678", allowDummyC0: true, advertising: { requireConsent: true }, ${account} }
`,
  );
  ledger = connectLedger(database.url, { max: 2 });
  expect(await hikyaku("migrate")).toMatchObject({ code: 0 });
});
beforeEach(() => writeFile(join(cwd, "list.csv"), list));
afterAll(async () => {
  await ledger.close();
  await rm(cwd, { recursive: true });
  await redis.clear();
  await database.drop();
});

const list = [
  "電話番号,氏名,同意日時,同意取得元",
  "090-0100-0001,山田 太郎,2026/4/1 9:30,ウェブ",
  "090-0100-0002,鈴木 花子,2026-04-02,店頭",
  "090-0100-0003,佐藤 次郎,,",
].join("\n");

async function hikyaku(...argv: string[]) {
  return await runCli(argv, { cwd, env: { DATABASE_URL: database.url, REDIS_URL: redis.url, USER: "sato" } });
}

async function json(...argv: string[]) {
  const { code, out, err } = await hikyaku(...argv, "--json");
  expect([code, err]).toEqual([0, expect.not.stringContaining("error:")]);
  return JSON.parse(out);
}

const send = (key: string, ...more: string[]) => [
  ...["campaign", "send", "list.csv", "--route", "ads", "--text", lawful, "--key", key, "--no-wait"],
  ...more,
];

/** Local times around now, as an option: from so many hours from now to so many. */
function times(from: number, to: number): string {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return `${at(from)}-${at(to)} UTC`;
}

describe("campaign send", () => {
  test("takes a campaign for advertising and refuses a text that lacks what it must show, also in a dry run", async () => {
    for (const more of [[], ["--dry-run"]]) {
      const argv = ["campaign", "send", "list.csv", "--route", "ads", "--text", "#{氏名}様、クーポンです", ...more];
      const { code, err } = await hikyaku(...argv);
      expect(code).toBe(1);
      expect(err).toContain("the sender's name (株式会社飛脚堂) is missing");
      expect(err).toContain("it does not say how to refuse");
    }
    expect(await json("campaign", "list")).toEqual([]);
  });

  test("--dry-run says as what and when it would go out, and who has no recorded consent", async () => {
    const { code, out, err } = await hikyaku(...send("dry", "--dry-run"));
    expect([code, out]).toEqual([0, expect.stringContaining("as advertising, 09:00-20:00 Asia/Tokyo\n")]);
    expect(err).toContain("advertising without a recorded consent");
    expect(err).toContain("(1 row, first on line 4)");
  });

  test("a window of its own must lie within the class's, and a started campaign outside of it says why it waits", async () => {
    const wide = await hikyaku(...send("wide", "--window", "08:00-20:00"));
    expect([wide.code, wide.err]).toEqual([2, expect.stringContaining('override the rule "window" with a reason')]);
    const hours = times(2, 4);
    const argv = send("later", "--window", hours, "--override-window", "an alarm");
    const { code, err } = await hikyaku(...argv);
    const waits = `outside its delivery window (${hours}), goes on by itself at 20`;
    expect([code, err]).toEqual([0, expect.stringContaining(`It is ${waits}`)]);
    const shown = (await hikyaku("campaign", "show", "later")).out;
    expect(shown).toContain(`running, ${waits}`);
    // By the clock of the window it stands beside.
    const [opens] = hours.split("-");
    expect(shown).toMatch(new RegExp(`by itself at \\d{4}-\\d\\d-\\d\\d ${opens}:00 UTC\n`));
    await hikyaku("campaign", "pause", "later");
    expect((await hikyaku("campaign", "resume", "later")).out).toContain(`Campaign later is running.\nIt is ${waits}`);
    const notice = await hikyaku(...send("notice", "--class", "transactional"));
    expect(notice.err).not.toContain("delivery window");
  });

  test("what is set aside is shown with the campaign and its report, and stands in the audit", async () => {
    const { id } = await json(
      ...send("alarm", "--override-window", "a recall", "--override", "consent=all are customers"),
    );
    const shown = await hikyaku("campaign", "show", "alarm");
    expect(shown.out).toMatch(/class +advertising\n/);
    expect(shown.out).toMatch(/window +any time\n/);
    const lines = [`window: a recall (${actor}, `, `consent: all are customers (${actor}, `];
    for (const text of [shown.out, (await hikyaku("campaign", "report", "alarm")).out]) {
      for (const line of lines) expect(text).toContain(line);
    }
    expect((await hikyaku("campaign", "report", "alarm", "--format", "csv")).out).toContain(
      `override.window,a recall (${actor})\r\n`,
    );
    expect(await json("campaign", "show", "alarm")).toMatchObject({
      class: "advertising",
      overrides: [
        { rule: "consent", by: actor },
        { rule: "window", by: actor },
      ],
    });
    expect(await json("audit", "list", "--campaign", "alarm")).toMatchObject([
      { actor, action: "override-rule", rule: "window", reason: "a recall", campaignId: id },
      { actor, action: "override-rule", rule: "consent", reason: "all are customers", campaignId: id },
    ]);
    const { out } = await hikyaku("audit", "list", "--campaign", "alarm");
    expect(out).toMatch(/override-rule: window +campaign alarm, route ads +a recall\n/);
  });

  test("without a key of one's own another class is another campaign, and the key of before stays what it was", async () => {
    const argv = ["campaign", "send", "list.csv", "--route", "ads", "--text", lawful, "--no-wait"];
    const first = await json(...argv);
    const second = await json(...argv, "--class", "transactional");
    expect(second.id).not.toBe(first.id);
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256")
      .update(JSON.stringify(["ads", lawful, ...Array(5).fill(undefined)]))
      .update(list);
    expect(first.key).toBe(`list-${hash.digest("hex").slice(0, 12)}`);
  });

  test("where a consent is required, rows without are rejected", async () => {
    const argv = [
      "campaign",
      "send",
      "list.csv",
      "--route",
      "strict",
      "--text",
      lawful,
      "--key",
      "strict",
      "--no-wait",
    ];
    expect(await json(...argv)).toMatchObject({ recipients: 2, rejected: 1 });
    expect(await readFile(join(cwd, "list.rejected.csv"), "utf8")).toContain(",4,no-consent,");
  });

  test.for([
    { more: ["--class", "promo"], err: "Give one of advertising, transactional, dunning." },
    { more: ["--override", "law=x"], err: "Give one of window, sender-name, refusal-way, consent before the =." },
    { more: ["--override", "consent= "], err: "Give the reason behind the =." },
    { more: ["--override-window", "a", "--override", "window=b"], err: "are both given" },
  ])("$more is refused", async ({ more, err }) => {
    const result = await hikyaku(...send("bad", ...more));
    expect([result.code, result.err]).toEqual([2, expect.stringContaining(err)]);
  });
});

describe("message send", () => {
  test("of advertising waits for its window unless that is overridden, and shows class and consent", async () => {
    const argv = ["message", "send", "--route", "ads", "--to", "090-0200-0001", "--class", "advertising", "--text"];
    const text = "株式会社飛脚堂のセール 配信停止 https://ex.jp/stop";
    const refused = await hikyaku(...argv, "セール");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("is missing")]);
    const { id } = await json(
      ...[...argv, text, "--override-window", "now", "--consent-at", "2026-04-01", "--consent-source", "web"],
    );
    const { out } = await hikyaku("message", "show", id);
    expect(out).toMatch(/class +advertising\n/);
    expect(out).toContain(`window: now (${actor})`);
    expect(out).toMatch(/consent +2026-0[34]-\d\d .*web\n/);
    expect(await json("message", "show", id)).toMatchObject({ class: "advertising", consentSource: "web" });
    expect(
      await json("message", "send", "--route", "ads", "--to", "090-0200-0001", "--text", "コード 1"),
    ).toMatchObject({
      ...{ class: "transactional", waitsUntil: null },
    });
  });
});

test("what an operator does against the system's decision stands in the audit, with the reason", async () => {
  const { id } = await json(...send("unknown", "--class", "transactional"));
  await attempt(database.url, { campaignId: id, line: 2, to: "unknown", reason: "response-timeout" });
  const resend = ["unknown", "resend", "--campaign", "unknown", "--reason", "nothing arrived"];
  // Nobody is there to say that the message may go out twice.
  expect(await hikyaku(...resend)).toMatchObject({ code: 2, err: expect.stringContaining("nothing was sent again") });
  expect(await json("unknown", "list")).toMatchObject([{ state: "unknown" }]);
  await json(...resend, "--yes");
  await json("route", "hold", "ads");
  await json("route", "release", "ads", "--reason", "mended");
  await json("suppress", "add", "090-0200-0002");
  await json("suppress", "remove", "090-0200-0002", "--reason", "signed again");
  expect(await json("audit", "list", "--limit", "3")).toMatchObject([
    { actor, action: "remove-suppression", recipient: "+8190****0002", reason: "signed again" },
    { actor, action: "release-route", route: "ads", reason: "mended" },
    { actor, action: "resend-unknown", campaignId: id, reason: "nothing arrived", details: { messages: 1 } },
  ]);
  const [newest] = await json("audit", "list", "--limit", "1", "--show-numbers");
  expect(newest.recipient).toBe("+819002000002");
  expect((await json("audit", "list", "--before", String(newest.id), "--limit", "1"))[0].action).toBe("release-route");
  expect(await json("audit", "list", "--action", "release-route")).toHaveLength(1);
});

test("consents are listed for one number and exported for all, also when their messages are gone", async () => {
  const { id } = await json(...send("consents"));
  const { sql } = ledger;
  const expectAll = async (campaignId: string | null) => {
    const listed = await json("consent", "list", "--to", "09001000001");
    expect(listed.filter((each: { campaignId: string | null }) => each.campaignId === campaignId)).toMatchObject([
      { recipient: "+8190****0001", consentAt: "2026-04-01T00:30:00.000Z", consentSource: "ウェブ" },
    ]);
    const { out } = await hikyaku("consent", "export");
    const rows = out.split("\r\n").filter((row) => row.includes(`,${campaignId ?? ""},`) && row.startsWith("+8190010"));
    expect(rows.map((row) => row.split(",").slice(0, 3).join(",")).sort()).toEqual([
      "+819001000001,2026-04-01T00:30:00.000Z,ウェブ",
      "+819001000002,2026-04-01T15:00:00.000Z,店頭",
    ]);
  };
  await expectAll(id);
  expect((await json("consent", "export", "--to", "090-0100-0003")).length).toBe(0);
  expect((await hikyaku("consent", "list", "--to", "09001000001")).out).toContain("ウェブ");

  await sql`
    update message set state = 'delivered', accepted_at = now(), delivered_at = now(), ended_at = now()
    where campaign_id = ${id}`;
  await sql`update campaign set state = 'finished', finished_at = now() - interval '9 days' where id = ${id}`;
  await sql`delete from message where campaign_id <> ${id}`;
  while ((await deleteFinished(sql, { olderThanDays: 5, limit: 10 })).messages > 0);
  await expectAll(null);
});

test("usage is told by route, campaign and day, as a table, JSON and CSV", async () => {
  const { sql } = ledger;
  const { id } = await json(...send("usage", "--name", "December"));
  const ids = (await listMessages(sql, { campaignId: id, limit: 9 })).map((message) => message.id);
  const [worker, claim] = [newId(), randomUUID()];
  await registerWorker(sql, { id: worker, kind: "worker", host: "test", pid: 1 });
  await claimBatch(sql, { ids, claim, worker, route: "ads" });
  const results = ids.map((messageId, index) => ({
    ...({ id: messageId, claim, to: "accepted", outcome: "accepted", providerMessageId: messageId } as const),
    ...{ channel: index === 0 ? "rcs" : "sms", at: new Date(`2026-10-0${index + 1}T00:00:00Z`) },
  }));
  await recordOutcomes(sql, { worker, results });
  const usage = (...more: string[]) => json("usage", "--month", "2026-10", ...more);

  const part = { route: "ads", account: "bot_ads" };
  expect(await usage()).toMatchObject({
    ...{ month: "2026-10", timeZone: "Asia/Tokyo", by: "route", messages: 3, segments: 3 },
    items: [
      { ...part, channel: "rcs", messages: 1 },
      { ...part, channel: "sms", messages: 2 },
    ],
  });
  expect((await usage("--by", "campaign")).items).toMatchObject([
    { ...part, name: "December", key: "usage", channel: "rcs" },
    { ...part, name: "December", messages: 2 },
  ]);
  expect((await usage("--by", "day", "--time-zone", "America/New_York")).items).toMatchObject([
    { day: "2026-10-01", channel: "sms" },
    { day: "2026-10-02", channel: "sms" },
  ]);
  const csv = await hikyaku("usage", "--month", "2026-10", "--by", "day", "--csv");
  expect(csv.out).toBe(
    "\ufeffmonth,day,route,account,channel,messages,segments\r\n" +
      "2026-10,2026-10-01,ads,bot_ads,rcs,1,1\r\n2026-10,2026-10-02,ads,bot_ads,sms,1,1\r\n2026-10,2026-10-03,ads,bot_ads,sms,1,1\r\n",
  );
  const table = await hikyaku("usage", "--month", "2026-10", "--by", "campaign");
  expect(table.out).toMatch(/CAMPAIGN +ROUTE +ACCOUNT +CHANNEL +MESSAGES +PARTS\nDecember +ads +bot_ads +rcs +1 +1\n/);
  expect((await hikyaku("usage", "--month", "2020-01")).out).toBe("Nothing was accepted in 2020-01 (Asia/Tokyo).\n");
  expect((await hikyaku("usage", "--month", "2026-1")).code).toBe(2);
});
