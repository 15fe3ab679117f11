import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  applyInbound,
  connectLedger,
  newId,
  noteEndpointFailure,
  openEndpoint,
  recordDeliveries,
  storeReceipts,
} from "@hikyaku/ledger";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { attempt } from "./attempt.ts";
import { hikyaku as runCli } from "./cli-world.ts";

// One ledger without workers: what the commands write and tell does not depend on anybody sending.
let database: Awaited<ReturnType<typeof createDatabase>>;
let redis: Awaited<ReturnType<typeof createRedis>>;
let cwd: string;
const text = "#{氏名}様、お待ちしています";

beforeAll(async () => {
  database = await createDatabase();
  redis = await createRedis();
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-"));
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
    class: transactional
`,
  );
  expect(await hikyaku("migrate")).toMatchObject({ code: 0, out: expect.stringContaining("version") });
});
beforeEach(() => writeFile(join(cwd, "list.csv"), list));
afterAll(async () => {
  await rm(cwd, { recursive: true });
  await redis.clear();
  await database.drop();
});

const list = [
  "電話番号,氏名",
  "090-0100-0001,山田 太郎",
  "090-0100-0002,鈴木 花子",
  "03-1234-5678,固定 電話",
  "090-0100-0003,",
  "090-0100-0004",
  "+819001000001,山田 太郎",
  "090-0100-0005,佐藤 次郎",
  "",
].join("\n");

async function hikyaku(...argv: string[]) {
  return await runCli(argv, { cwd, env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
}

/** The result as JSON; fails when standard output holds anything else. */
async function json(...argv: string[]) {
  const { code, out, err } = await hikyaku(...argv, "--json");
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

function send(key: string, ...more: string[]) {
  return hikyaku("campaign", "send", "list.csv", "--route", "sms", "--text", text, "--key", key, "--no-wait", ...more);
}

describe("campaign send", () => {
  test("--dry-run tells what would be sent and writes nothing", async () => {
    const { code, out } = await hikyaku("campaign", "send", "list.csv", "--route", "sms", "--text", text, "--dry-run");
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "3 recipients would get 3 billable parts over sms (read as utf-8)",
        "as transactional, at any time",
        "3 rows would be rejected, 1 duplicate left out",
        "",
        "ROWS NOT TAKEN  ROWS  FIRST LINE  REASON THERE",
        "not-mobile         1           4  a fixed line cannot receive SMS; give a mobile number (070, 080, 090, 060)",
        "blank-value        1           5  the value for #{氏名} is empty; fill it in or remove the row",
        "column-count       1           6  the row has 1 cells, the header 2; add or remove cells, or quote a cell that ho…",
        "duplicate          1           7  an earlier row has the same number; the first one counts, remove this one",
        "",
        "line 2, to +8190****0001, 1 part:",
        "  山田 太郎様、お待ちしています",
        "",
        "line 3, to +8190****0002, 1 part:",
        "  鈴木 花子様、お待ちしています",
        "",
        "line 8, to +8190****0005, 1 part:",
        "  佐藤 次郎様、お待ちしています",
        "",
        "A dry run: nothing was written and nothing is sent.",
        "",
      ].join("\n"),
    );
    expect(await json("campaign", "list")).toEqual([]);
    expect(existsSync(join(cwd, "list.rejected.csv"))).toBe(false);
  });

  test("the same command twice is one campaign, also without a key of one's own", async () => {
    const argv = ["campaign", "send", "list.csv", "--route", "sms", "--text", text, "--no-wait"];
    const first = await json(...argv);
    const second = await json(...argv);
    expect(second.id).toBe(first.id);
    expect(first.key).toMatch(/^list-[0-9a-f]{12}$/);
    expect((await json("campaign", "show", first.key)).counts).toMatchObject({ queued: 3, total: 3 });
    const other = await json("campaign", "send", "list.csv", "--route", "sms", "--text", `${text}。`, "--no-wait");
    expect(other.id).not.toBe(first.id);
  });

  test("rows that are not taken go to a file beside the source, and to the ledger, with their lines and reasons", async () => {
    const { code, err } = await send("rejects");
    expect([code, err]).toEqual([
      0,
      expect.stringContaining(`3 rows rejected, 1 duplicate: see ${cwd}/list.rejected.csv`),
    ]);
    const rows = (await readFile(join(cwd, "list.rejected.csv"), "utf8")).split("\r\n");
    expect(rows.map((row) => row.split(",").slice(0, 4).join(","))).toEqual([
      "\ufeff電話番号,氏名,line,code",
      "03-1234-5678,固定 電話,4,not-mobile",
      "090-0100-0003,,5,blank-value",
      "090-0100-0004,,6,column-count",
      "+819001000001,山田 太郎,7,duplicate",
      "",
    ]);
    const { rejections } = await json("campaign", "report", "rejects");
    expect(rejections).toMatchObject({ total: 3, duplicates: 1 });
    expect(rejections.byCode.map(({ code: each }: { code: string }) => each).sort()).toEqual(
      ["blank-value", "column-count", "duplicate", "not-mobile"], //
    );
  });

  test("--strict takes nothing from a file with a bad row", async () => {
    const { code, err } = await send("strict", "--strict");
    expect([code, err]).toEqual([1, expect.stringContaining("3 rows can't be messaged and 1 are duplicates")]);
    expect((await json("campaign", "show", "strict")).counts.total).toBe(0);
  });

  test("somebody who is asked and says no sends nothing", async () => {
    const argv = ["campaign", "send", "list.csv", "--route", "sms", "--text", text, "--key", "asked", "--no-wait"];
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    const refused = await runCli(argv, { cwd, env, answer: "n" });
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining("Nothing was sent; campaign asked is ready."),
    ]);
    expect((await json("campaign", "show", "asked")).state).toBe("ready");
    expect((await runCli(argv, { cwd, env, answer: "yes" })).code).toBe(0);
    expect((await json("campaign", "show", "asked")).state).toBe("running");
  });

  test("a key that belongs to another text is refused", async () => {
    await send("taken");
    const { code, err } = await hikyaku(
      "campaign",
      "send",
      "list.csv",
      "--route",
      "sms",
      "--text",
      "x",
      "--key",
      "taken",
    );
    expect([code, err]).toEqual([1, expect.stringContaining("differs in content")]);
  });
});

describe("a campaign in steps", () => {
  test("create, import, start, pause, resume, cancel", async () => {
    const created = await json(
      "campaign",
      "create",
      "--route",
      "sms",
      "--text",
      text,
      "--key",
      "steps",
      "--priority",
      "2",
      "--window",
      "09:00-20:00",
    );
    expect(created).toMatchObject({
      created: true,
      state: "draft",
      priority: 2,
      window: { from: "09:00", timeZone: "Asia/Tokyo" },
    });
    expect(await json("campaign", "import", "steps", "list.csv")).toMatchObject({
      state: "ready",
      recipients: 3,
      rejected: 3,
      duplicates: 1,
    });
    expect(await json("campaign", "start", created.id)).toMatchObject({ state: "running" });
    expect(await json("campaign", "pause", "steps", "--reason", "wrong price")).toMatchObject({
      state: "paused",
      pauseReason: "wrong price",
    });
    expect(await json("campaign", "resume", "steps")).toMatchObject({ state: "running", pauseReason: null });
    const { out } = await hikyaku("campaign", "cancel", "steps");
    expect(out).toBe("Campaign steps is cancelled.\n  sent       0\n  in flight  0\n  stopped    3\n");
    const { code, err } = await hikyaku("campaign", "resume", "steps");
    expect([code, err]).toEqual([1, 'error: Campaign "steps" is cancelled: only a paused campaign can be resumed\n']);
  });

  test("a campaign with a time to start waits for it", async () => {
    const { id } = await json("campaign", "create", "--route", "sms", "--text", text, "--key", "later");
    await json("campaign", "import", id, "list.csv");
    const { out } = await hikyaku("campaign", "start", id, "--start-at", "2099-01-01T09:00:00+09:00");
    const [, at = ""] = /^Campaign later starts at (.*)\.\n$/.exec(out) ?? [];
    expect(new Date(at.replace(" ", "T"))).toEqual(new Date("2099-01-01T00:00:00Z"));
  });
});

describe("what became of it", () => {
  test("the report has a table, a CSV and a JSON, and every message as CSV or JSON, numbers masked", async () => {
    await send("report");
    const table = await hikyaku("campaign", "report", "report");
    expect(table.out).toMatch(/^campaign {2}report\n/);
    expect(table.out).toContain("queued         3   100%  wait to be sent");
    const csv = await hikyaku("campaign", "report", "report", "--format", "csv");
    expect(csv.out).toMatch(/^\ufefffigure,value\r\n/);
    expect(csv.out).toContain("messages.queued,3\r\n");
    expect(await json("campaign", "report", "report")).toMatchObject({
      campaign: { key: "report" },
      rejections: { total: 3 },
    });

    const messages = await hikyaku("campaign", "report", "report", "--messages");
    expect(messages.out.split("\r\n").map((row) => row.split(",").slice(0, 3).join(","))).toEqual(
      ["\ufeffline,to,state", "2,+8190****0001,queued", "3,+8190****0002,queued", "8,+8190****0005,queued", ""], //
    );
    const full = await json("campaign", "report", "report", "--messages", "--show-numbers");
    expect(full.map(({ to }: { to: string }) => to)).toEqual(["+819001000001", "+819001000002", "+819001000005"]);
  });

  test("only the failed are sent again, as a new round", async () => {
    const { id } = await json(
      "campaign",
      "send",
      "list.csv",
      "--route",
      "sms",
      "--text",
      text,
      "--key",
      "again",
      "--no-wait",
    );
    await attempt(database.url, { campaignId: id, line: 3, to: "failed", reason: "HTTP 500" });
    expect((await hikyaku("campaign", "retry", "again")).code).toBe(2);
    expect(await json("campaign", "retry", "again", "--failed")).toMatchObject({ round: 2, messages: 1 });
    const { out } = await hikyaku("campaign", "retry", "again", "--failed");
    expect(out).toContain("nothing to send again");
    const shown = await json("message", "show", "--to", "09001000002");
    expect(
      shown
        .filter((each: { campaignId: string }) => each.campaignId === id)
        .map(({ round }: { round: number }) => round),
    ).toEqual([2, 1]);
  });

  test("an unknown outcome is listed, and closed only when it is said which", async () => {
    const { id } = await json(
      "campaign",
      "send",
      "list.csv",
      "--route",
      "sms",
      "--text",
      text,
      "--key",
      "unknown",
      "--no-wait",
    );
    await attempt(database.url, { campaignId: id, line: 2, to: "unknown", reason: "response-timeout" });
    expect(await json("unknown", "list", "--campaign", "unknown")).toMatchObject([
      { to: "+8190****0001", state: "unknown" },
    ]);
    expect((await hikyaku("unknown", "close")).code).toBe(2);
    const cancelled = await hikyaku("campaign", "cancel", "unknown");
    expect(cancelled.out).toMatch(
      /in flight {2}0\n {2}unknown {4}1 {2}\(they may have gone out; .*: hikyaku unknown close --campaign unknown\)\n {2}stopped/,
    );
    expect(await json("campaign", "cancel", "unknown")).toMatchObject({ inFlight: 0, unknown: 1 });
    expect(await json("unknown", "close", "--campaign", "unknown", "--older-than", "1h")).toEqual({ messages: 0 });
    expect(await json("unknown", "close", "--campaign", "unknown")).toEqual({ messages: 1 });
    expect(await json("unknown", "list", "--campaign", "unknown")).toEqual([]);
  });
});

test("commands work on the schema of a newer version, and doctor tells of it", async () => {
  const ledger = connectLedger(database.url, { max: 1 });
  const { sql } = ledger;
  const [newer] = await sql<{ version: number }[]>`
    insert into schema_version (version, name, md5, run_at)
    select max(version) + 1, 'of-a-newer-version', 'x', now() from schema_version
    returning version`;
  try {
    expect((await hikyaku("campaign", "list")).code).toBe(0);
    const doctor = await hikyaku("doctor", "--json");
    const { findings } = JSON.parse(doctor.out) as { findings: { what: string }[] };
    expect(findings.find(({ what }) => what === "ledger")).toMatchObject({
      status: "warn",
      detail: `schema version ${newer?.version}, this program is of version ${Number(newer?.version) - 1}`,
    });
  } finally {
    await sql`delete from schema_version where version = ${newer?.version ?? 0}`;
    await ledger.close();
  }
});

describe("single messages and suppressions", () => {
  test("one idempotency key is one message, whose history can be read", async () => {
    const argv = [
      "message",
      "send",
      "--route",
      "sms",
      "--to",
      "090-0200-0001",
      "--text",
      "コード #{code}",
      "--var",
      "code=12=34",
      "--idempotency-key",
      "k1",
    ];
    const first = await json(...argv);
    expect(first).toMatchObject({ created: true, state: "queued", segments: 1 });
    expect(await json(...argv)).toMatchObject({ id: first.id, created: false });
    const shown = await json("message", "show", first.id, "--show-text");
    expect(shown).toMatchObject({ to: "+8190****0001", text: "コード 12=34", history: [{ what: "queued" }] });
    expect(await json("message", "list", "--to", "+819002000001", "--show-numbers")).toMatchObject([
      { to: "+819002000001" },
    ]);
  });

  test("who is on the suppression list gets nothing", async () => {
    expect(await json("suppress", "add", "090-0200-0009", "--reason", "申し出")).toEqual({
      recipient: "+8190****0009",
      route: "*",
      added: true,
    });
    expect(await json("message", "send", "--route", "sms", "--to", "09002000009", "--text", "x")).toMatchObject({
      state: "suppressed",
    });
    expect(await json("suppress", "list")).toMatchObject([{ recipient: "+8190****0009", reason: "申し出" }]);
    expect((await hikyaku("suppress", "remove", "09002000009")).code).toBe(0);
    expect((await hikyaku("suppress", "remove", "09002000009")).code).toBe(1);
  });

  test("a file of numbers is imported, bad rows put aside", async () => {
    await writeFile(join(cwd, "stop.csv"), "to\n090-0200-0011\n090-0200-0012\n03-1\n090-0200-0011\n");
    expect(await json("suppress", "import", "stop.csv", "--route", "sms")).toMatchObject({
      ...{ rows: 4, added: 2, known: 0, repeated: 1, rejected: 1 },
      route: "sms",
    });
    expect((await hikyaku("suppress", "import", "stop.csv", "--route", "sms")).out).toMatch(
      /^0 numbers added, 2 on the list already\.\n1 row of the file had a number of a row before\.\n1 row rejected/,
    );
    expect(await json("suppress", "list", "--route", "sms", "--show-numbers")).toMatchObject([
      { recipient: "+819002000011" },
      { recipient: "+819002000012" },
    ]);
  });
});

describe("replies and events", () => {
  /** A reply as the receiver stores it, brought in as the worker does. */
  async function givenReply(to: string, text: string): Promise<string> {
    const ledger = connectLedger(database.url, { max: 1 });
    try {
      const id = newId();
      const read = {
        event: "sms-mo",
        ...{ text, displayText: null, postbackData: null, smsNumber: "0312345678" },
        ...{ attachment: null, deviceSpecifics: null },
      } as const;
      const receipt = {
        id,
        route: "sms",
        kind: "inbound.sms-mo",
        dedupeKey: id,
        body: `{"said":"${text}"}`,
        recipient: to,
      };
      await storeReceipts(ledger.sql, [{ ...receipt, status: "unread", receivedAt: new Date(), read }]);
      const rules = {
        ...{ linkWithinMs: 86_400_000, readReference: () => null, isSentFrom: () => null, isTold: true },
        findWord: ([said]: readonly (string | null)[]) =>
          said === "停止" ? ({ kind: "opt-out", word: "停止", scope: "sms" } as const) : null,
      };
      await applyInbound(ledger.sql, { limit: 10, rulesOf: () => rules });
      return id;
    } finally {
      await ledger.close();
    }
  }

  test("what a recipient did is listed, exported, and stands in the recipient's history", async () => {
    const { id } = await json(
      "campaign",
      "send",
      "list.csv",
      "--route",
      "sms",
      "--text",
      text,
      "--key",
      "asked",
      "--no-wait",
    );
    await attempt(database.url, { campaignId: id, line: 2, to: "accepted" });
    const first = await givenReply("+819001000001", "=はい\n");
    const second = await givenReply("+819003000009", "停止");
    expect(await json("inbound", "list", "--campaign", "asked")).toMatchObject([
      { id: first, recipient: "+8190****0001", text: "=はい\n", campaignId: id, linkedBy: "time" },
    ]);
    expect(await json("inbound", "list", "--to", "090-0300-0009", "--word", "opt-out")).toMatchObject([
      { id: second, messageId: null, word: "停止" },
    ]);
    for (const filter of [
      ["--route", "none"],
      ["--event", "message"],
      ["--since", "2100-01-01"],
      ["--before", first],
    ]) {
      expect(await json("inbound", "list", ...filter)).toEqual([]);
    }
    expect((await hikyaku("inbound", "list")).out).toMatch(/FROM.*SAID[\s\S]*\+8190\*\*\*\*0009.*停止.*opt-out/);

    const { out } = await hikyaku("inbound", "list", "--format", "csv", "--show-numbers", "--since", "1h");
    const [head, ...rows] = out.replace(/^\ufeff/, "").split("\r\n");
    expect(head).toMatch(/^at,receivedAt,recipient,route,event,text,/);
    expect(rows.filter((row) => row !== "")).toHaveLength(2);
    // A text that begins like a formula stays text.
    expect(out).toContain(`,+819001000001,sms,sms-mo,"'=はい\n"`);

    expect(await json("inbound", "show", first)).toMatchObject({
      campaignKey: "asked",
      seen: 1,
      smsNumber: "0312345678",
    });
    expect(JSON.stringify(await json("inbound", "show", first))).not.toContain("said");
    expect(await json("inbound", "show", first, "--raw")).toMatchObject({ body: '{"said":"=はい\n"}' });
    expect((await hikyaku("inbound", "show", newId())).code).toBe(1);

    const shown = await json("message", "show", "--to", "090-0100-0001");
    expect(shown.flatMap((each: { inbound: object[] }) => each.inbound)).toMatchObject([{ id: first }]);
    expect((await hikyaku("message", "list", "--to", "090-0100-0001")).out).toContain("sms-mo");
    expect((await hikyaku("message", "show", "--to", "090-0300-0009")).out).toContain("replies to none of these");
  });

  test("events are listed, shown and told again, and say what was wrong", async () => {
    const id = await givenReply("+819003000010", "問い合わせ");
    const [event] = await json("events", "list", "--type", "inbound.sms-mo", "--state", "pending");
    expect(event).toMatchObject({ inboundId: id, state: "pending", attempts: 0, recipient: "+8190****0010" });
    const shown = await json("events", "show", event.id);
    expect(JSON.stringify(shown)).not.toContain("問い合わせ");
    expect(await json("events", "show", event.id, "--show-body")).toMatchObject({
      body: { type: "inbound.sms-mo", data: { inboundId: id, text: "問い合わせ", recipient: "+819003000010" } },
    });
    const ledger = connectLedger(database.url, { max: 1 });
    const failed = { id: event.id, outcome: "gave-up", httpStatus: 503, error: "answered 503" } as const;
    await recordDeliveries(ledger.sql, { results: [failed], leaseMs: 1 });
    await openEndpoint(ledger.sql, { name: "*", url: "https://crm.example/x?token=geheim" });
    const failure = { name: "*", error: "answered 503", disableAfterMs: 1, disableNow: true };
    await noteEndpointFailure(ledger.sql, failure);
    await ledger.close();

    expect((await hikyaku("events", "list", "--state", "failed")).out).toMatch(/failed.*1.*answered 503/);
    expect((await hikyaku("events", "show", event.id)).out).toContain("given up");
    expect((await hikyaku("events", "replay")).code).toBe(2);
    expect((await hikyaku("events", "replay", "--id", "1")).code).toBe(2);
    expect(await json("events", "replay", "--state", "failed", "--route", "sms")).toEqual({ events: 1 });
    expect(await json("events", "replay", "--id", event.id)).toEqual({ events: 1 });
    expect(await json("events", "list", "--state", "failed")).toEqual([]);

    expect(await json("events", "endpoints")).toMatchObject([{ name: "*", lastError: "answered 503", routes: null }]);
    expect((await hikyaku("events", "endpoints")).out).toContain("disabled since");
    expect(await json("events", "enable", "*")).toEqual({ endpoint: "*", enabled: true });
    expect((await hikyaku("events", "enable", "nobody")).code).toBe(1);
    expect((await json("events", "secret")).secret).toMatch(/^whsec_/);
  });

  test("the connection test of a notification URL is shown with its route", async () => {
    const ledger = connectLedger(database.url, { max: 1 });
    const post = (hook: string) => {
      const id = newId();
      const read = { hook, from: "203.0.113.7" };
      return {
        id,
        route: "sms",
        kind: "connection-test",
        dedupeKey: id,
        body: "{}",
        status: "unread",
        receivedAt: new Date(),
        read,
      } as const;
    };
    await storeReceipts(ledger.sql, [post("sms-result"), post("any")]);
    const rulesOf = () => {
      throw new Error("not asked");
    };
    await applyInbound(ledger.sql, { limit: 10, rulesOf });
    await ledger.close();
    expect(await json("route", "list")).toMatchObject([
      { name: "sms", hooks: [{ kind: "any", testedFrom: "203.0.113.7" }, { kind: "sms-result" }] },
    ]);
    expect((await hikyaku("route", "list")).out).toMatch(/CONNECTION TEST ANSWERED[\s\S]*sms\/sms-result +20\d\d-/);
  });
});

test("a route is held until it is released", async () => {
  expect(await json("route", "hold", "sms", "--reason", "price list")).toMatchObject({
    held: true,
    reason: "price list",
  });
  expect(await json("route", "list")).toMatchObject([{ name: "sms", held: { cause: "operator" }, tps: 10 }]);
  expect(await json("route", "release", "sms")).toEqual({ route: "sms", held: false, released: true });
  expect(await json("route", "list")).toMatchObject([{ name: "sms", held: null }]);
});

test("an API key is shown once, and revoked for good", async () => {
  const made = await hikyaku("api-key", "create", "shop", "--json");
  const { id, secret } = JSON.parse(made.out);
  expect(secret).toMatch(/^hk_/);
  expect(JSON.stringify(await json("api-key", "list"))).not.toContain(secret);
  expect(await json("api-key", "revoke", id)).toMatchObject({ name: "shop", revoked: true });
  expect(await json("api-key", "revoke", id)).toMatchObject({ revoked: false });
});

describe("exit codes and errors", () => {
  test.for([
    { argv: ["campaign", "sent"], code: 2, err: "unknown command 'sent'" },
    { argv: ["campaign", "send", "list.csv", "--text", "x"], code: 2, err: "required option '-r, --route <name>'" },
    { argv: ["campaign", "send", "list.csv", "--route", "sms"], code: 2, err: "There is no text to send." },
    {
      argv: ["campaign", "send", "list.csv", "--route", "sms", "--text", "x", "--text-file", "y"],
      code: 2,
      err: "both given",
    },
    {
      argv: ["campaign", "send", "list.csv", "--route", "sms", "--text", "x", "--priority", "11"],
      code: 2,
      err: "from 1 to 10",
    },
    {
      argv: ["campaign", "send", "list.csv", "--route", "sms", "--text", "x", "--window", "9-20"],
      code: 2,
      err: "write HH:mm",
    },
    {
      argv: ["campaign", "send", "list.csv", "--route", "sms", "--text", "x", "--to-column", "tel"],
      code: 2,
      err: 'no column "tel"',
    },
    { argv: ["campaign", "send", "no.csv", "--route", "sms", "--text", "x"], code: 1, err: "there is no such file" },
    {
      argv: ["campaign", "send", "list.csv", "--route", "nope", "--text", "x"],
      code: 1,
      err: 'route: "nope" is not known; known are sms',
    },
    { argv: ["campaign", "send", "list.csv", "--route", "sms", "--text", "#{"], code: 1, err: "is never closed" },
    { argv: ["campaign", "show", "nope"], code: 1, err: 'No campaign has the id or key "nope".' },
    { argv: ["message", "show"], code: 2, err: "Give either its id or --to NUMBER." },
    { argv: ["message", "send", "--route", "sms", "--to", "110", "--text", "x"], code: 1, err: "to:" },
    { argv: ["route", "hold", "nope"], code: 1, err: 'No route is called "nope".' },
    { argv: ["campaign", "list", "--config", "nope.yaml"], code: 2, err: "no file that can be read (ENOENT)" },
    ...[
      ["campaign", "list", "--before"],
      ["message", "list", "--campaign", "x", "--after"],
      ["message", "search", "--before"],
      ["unknown", "list", "--after"],
      ["unknown", "close", "--id"],
      ["unknown", "resend", "--id"],
      ["inbound", "list", "--before"],
      ["events", "list", "--before"],
      ["events", "list", "--message"],
      ["events", "replay", "--id"],
    ].map((argv) => ({
      ...{ argv: [...argv, "zzz"], code: 2 },
      err: `option '${argv.at(-1)} <id>' argument 'zzz' is invalid. Give an id such as 0`,
    })),
    ...[
      ["message", "show"],
      ["inbound", "show"],
      ["events", "show"],
      ["api-key", "revoke"],
    ].map((argv) => ({
      ...{ argv: [...argv, "zzz"], code: 2 },
      err: `command-argument value 'zzz' is invalid for argument 'id'. Give an id such as 0`,
    })),
    { argv: ["--version"], code: 0, err: "" },
    { argv: ["campaign", "--help"], code: 0, err: "" },
  ])("$argv ends with $code", async ({ argv, code, err }) => {
    const result = await hikyaku(...argv);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(err)]);
    expect(result.err).not.toContain("    at ");
  });

  test("without a stack the mend is told; a file left by an `up` that died is told as that", async () => {
    const dataDir = join(cwd, "data");
    const alone = () => runCli(["campaign", "list", "--data-dir", dataDir], { cwd });
    expect(await alone()).toMatchObject({ code: 1, err: expect.stringContaining("No `hikyaku up` runs in") });
    await mkdir(dataDir);
    const left = {
      pid: 2 ** 22 + 1,
      startedAt: null,
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: "x",
      configFile: "x",
      sourceFile: null,
    };
    await writeFile(
      join(dataDir, "up.json"),
      JSON.stringify({ ...left, consoleUrl: "x", receiverUrl: "x", simulator: null, limits: {} }),
    );
    expect(await alone()).toMatchObject({
      code: 1,
      err: expect.stringContaining("has ended, and DATABASE_URL is not set"),
    });
  });

  test("an empty database is told to be migrated", async () => {
    await using empty = await createDatabase();
    const result = await runCli(["campaign", "list"], { cwd, env: { DATABASE_URL: empty.url } });
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining("Run `hikyaku migrate`.") });
  });
});
