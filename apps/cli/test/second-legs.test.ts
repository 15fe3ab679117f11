import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultClassRules } from "@hikyaku/core";
import {
  appendRows,
  beginImport,
  claimBatch,
  connectLedger,
  createCampaign,
  finishImport,
  type Ledger,
  migrate,
  newId,
  publishRoutes,
  recordOutcomes,
  settleFallbacks,
  startCampaign,
} from "@hikyaku/ledger";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hikyaku as runCli } from "./cli-world.ts";

const route = "plus";
const stack = new AsyncDisposableStack();
let cwd: string;
let run: (...argv: string[]) => ReturnType<typeof runCli>;
let ledger: Ledger;
let first: string;
let second: string;

/** Two recipients; one card did not arrive and was followed by an SMS that the gateway refused, the other still has its time. */
beforeAll(async () => {
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-legs-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  run = (...argv) => runCli(argv, { cwd, env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 2 });
  stack.defer(() => ledger.close());
  const { sql } = ledger;
  await publishRoutes(sql, [
    {
      ...{ name: route, provider: "kddi", settings: { smsNumber: "0312345678", plusMessage: true } },
      classRules: { ...defaultClassRules, defaultClass: "transactional" },
    },
  ]);
  const campaignId = newId();
  const campaign = {
    id: campaignId,
    key: "legs",
    name: "Legs",
    route,
    variables: ["name"],
    requestHash: Buffer.from("h"),
  };
  const fallback = {
    afterMs: 4 * 3_600_000,
    onUnknown: true,
    onRejected: false,
    content: { text: "#{name}様、SMSです" },
  };
  await createCampaign(sql, { ...campaign, content: { text: "#{name}様、カードです" }, fallback });
  await beginImport(sql, { campaignId });
  const rows = ["山田", "佐藤"].map((name, index) => ({
    ...{ id: newId(), recipient: `+81901234567${index}`, line: index + 2, segments: 1, vars: [name] },
  }));
  const progress = { rows: 2, digest: Buffer.from("d"), rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId, route, round: 1, rows, progress });
  await finishImport(sql, { campaignId, rejectedRows: 0, digest: progress.digest });
  await startCampaign(sql, { campaignId });
  const send = async (ids: string[], to: "accepted" | "rejected") => {
    const claim = randomUUID();
    await claimBatch(sql, { ids, claim, worker: randomUUID(), route });
    const results = ids.map((id) => ({
      id,
      claim,
      to,
      outcome: to,
      channel: "rcs",
      reason: to === "rejected" ? "HTTP 400" : null,
    }));
    await recordOutcomes(sql, { worker: randomUUID(), results });
  };
  const ids = rows.map(({ id }) => id);
  await send(ids, "accepted");
  first = ids[0] ?? "";
  await sql`update message set accepted_at = now() - interval '5 hours', fallback_at = now() - interval '1 hour' where id = ${first}`;
  const leg = { route, segments: 2, content: null, fault: null };
  const { begun } = await settleFallbacks(sql, [{ id: first, asked: "answered", contentChannel: null, second: leg }]);
  second = begun[0]?.id ?? "";
  await send([second], "rejected");
});
afterAll(() => stack.disposeAsync());

const json = async (...argv: string[]) => JSON.parse((await run(...argv, "--json")).out);

describe("a campaign with second legs", () => {
  test("is shown with both legs and when the second follows", async () => {
    const { out } = await run("campaign", "show", "legs");
    expect(out).toMatch(/messages +accepted 2\n/);
    expect(out).toMatch(/second legs +rejected 1\n/);
    expect(out).toContain("after 4h 00m without delivery, at once when it fails, also when its outcome is unknown\n");
    expect(await json("campaign", "show", "legs")).toMatchObject({
      ...{ counts: { total: 2 }, secondLegs: { total: 1, rejected: 1 }, fallback: { afterMs: 14_400_000 } },
    });
  });

  test("is reported by which leg its recipients were reached", async () => {
    const { out } = await run("campaign", "report", "legs");
    expect(out).toContain("running: all sent, followed after 4h 00m without delivery");
    expect(out).toMatch(
      /REACHED BY +RECIPIENTS +SHARE\s*\nfirst leg +0 +0%\s*\nsecond leg +0 +0%\s*\nneither +2 +100%/,
    );
    expect(out).toMatch(/SECOND LEGS +MESSAGES +SHARE\s*\nrejected +1 +100%/);
    expect(out).toMatch(/SECOND LEGS +MESSAGES +REASON\s*\nrejected +1 +HTTP 400/);
    const csv = (await run("campaign", "report", "legs", "--format", "csv")).out.split("\r\n");
    expect(csv).toEqual(expect.arrayContaining(["reached.neither,2", "second_legs,1", "second_legs.rejected,1"]));
    expect((await json("campaign", "report", "legs")).secondLegs.reached).toEqual({
      first: 0,
      second: 0,
      neither: 2,
      both: 0,
    });
  });

  test("has each leg as a row of its export", async () => {
    const [head = "", ...rows] = (await run("campaign", "report", "legs", "--messages")).out.trim().split("\r\n");
    const cells = rows.map((row) => row.split(","));
    const leg = head.split(",").indexOf("leg");
    expect(cells.map((row) => [row[leg], row[leg + 1]])).toEqual([
      ["1", ""],
      ["1", ""],
      ["2", first],
    ]);
  });
});

describe("a message with a second leg", () => {
  test("is shown with both, from either", async () => {
    const { out } = await run("message", "show", first, "--show-text");
    expect(out.indexOf("山田様、カードです")).toBeGreaterThan(0);
    expect(out.indexOf("山田様、SMSです")).toBeGreaterThan(out.indexOf(`2, follows ${first}`));
    const shown = await json("message", "show", second);
    expect(shown).toMatchObject({ id: second, leg: 2, firstLegId: first, otherLeg: { id: first, leg: 1 } });
  });

  test("that is still to come is shown with its moment", async () => {
    const [, { id }] = await json("message", "list", "--campaign", "legs", "--leg", "1");
    expect((await run("message", "show", id)).out).toMatch(
      /leg +1, followed at \d{4}-\d\d-\d\d .* unless it has arrived/,
    );
    expect(await json("message", "show", id)).toMatchObject({ otherLeg: null, fallbackAt: expect.any(String) });
  });

  test("is listed with its leg, or one leg alone", async () => {
    expect((await run("message", "list", "--campaign", "legs")).out).toMatch(/TO +LEG +STATE/);
    expect(await json("message", "list", "--campaign", "legs", "--leg", "2")).toMatchObject([{ id: second }]);
    expect(await json("message", "list", "--to", "090-1234-5670", "--leg", "2")).toMatchObject([{ id: second }]);
  });
});

test("an SMS can't be followed, and the command says so by its option", async () => {
  const argv = ["--route", route, "--text", "SMS", "--fallback-after", "4h"];
  const refused = [2, expect.stringContaining("fallbackAfter: nothing of the content can follow")];
  const created = await run("campaign", "create", ...argv);
  expect([created.code, created.err]).toEqual(refused);
  const sent = await run("message", "send", "--to", "090-1234-5678", ...argv);
  expect([sent.code, sent.err]).toEqual(refused);
});

describe("a content of both parts", () => {
  const card = {
    mode: "rcs",
    card: { title: "#{name}様", description: "クーポンです" },
    sms: { text: "#{name}様へ #{code}" },
  };
  const send = ["--route", route, "--content-file", "card.yaml", "--fallback-after", "4h"];

  test("comes from a file, and what it costs at most is told before", async () => {
    await writeFile(join(cwd, "card.yaml"), JSON.stringify(card));
    await writeFile(join(cwd, "list.csv"), "to,name,code\n090-1234-5678,山田,A1\n080-1234-5678,佐藤,\n");
    const { code, out } = await run("campaign", "send", "list.csv", ...send, "--fallback-on-unknown", "--dry-run");
    expect([code, out.split("\n").slice(0, 4)]).toEqual([
      0,
      [
        "1 recipient would get 1 billable part over plus (read as utf-8)",
        "1 billable part more if everybody needed the second leg",
        "as transactional, at any time",
        // Who could not be sent the SMS is told now, and not in four hours.
        "1 row would be rejected, 0 duplicates left out",
      ],
    ]);
    const created = await json("campaign", "create", ...send, "--key", "card");
    expect(created).toMatchObject({ variables: ["name", "code"], fallback: { afterMs: 14_400_000, onUnknown: false } });
    const again = await run("campaign", "create", ...send.slice(0, -1), "5h", "--key", "card");
    expect([again.code, again.err]).toEqual([1, expect.stringContaining("which differs in fallback")]);
  });

  test("whose channel the carrier chooses is not followed where nobody knows what went out", async () => {
    await writeFile(join(cwd, "either.yaml"), JSON.stringify({ ...card, mode: "sms-fallback" }));
    const argv = ["--route", route, "--content-file", "either.yaml", "--fallback-after", "4h"];
    expect((await run("campaign", "create", ...argv)).code).toBe(0);
    const refused = await run("campaign", "create", ...argv, "--fallback-on-unknown");
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("fallbackOnUnknown: the carrier chooses")]);
  });

  test.each([
    ["that is none", "- a list", "holds no content"],
    ["that can't be read as YAML", "text: [", "is neither YAML nor JSON"],
  ])("from a file %s is refused", async (_, text, err) => {
    await writeFile(join(cwd, "bad.yaml"), text);
    const refused = await run("campaign", "create", "--route", route, "--content-file", "bad.yaml");
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(err)]);
  });
});
