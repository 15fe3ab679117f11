import {
  campaignCounts,
  connectLedger,
  countRows,
  findCampaign,
  type Ledger,
  migrate,
  publishRoutes,
} from "@hikyaku/ledger";
import { createProducer, type Producer } from "@hikyaku/producer";
import { createDatabase, createRedis, type NodeProcess, spawnNode, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";

const script = new URL("schedule-process.ts", import.meta.url);
const dayMs = 86_400_000;
const dayOf = (offset: number) => new Date(Date.now() + offset * dayMs).toISOString().slice(0, 10);
const today = dayOf(0);

interface World extends AsyncDisposable {
  sql: Ledger["sql"];
  hikyaku: Producer;
  start(): Promise<NodeProcess>;
  /** As if the run of today had been due so long ago, and nobody had looked. */
  letBeDue(code: string, msAgo?: number): Promise<void>;
}

async function openWorld(): Promise<World> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const { sql } = ledger;
  await publishRoutes(sql, [{ name: "coupon-sms", provider: "kddi", settings: { smsNumber: "0312345678" } }]);
  const { url: redisUrl, redisPrefix } = redis;
  const hikyaku = stack.use(await createProducer({ databaseUrl: database.url, redisUrl, redisPrefix }));
  return {
    ...{ sql, hikyaku },
    async start() {
      const process = stack.use(spawnNode(script, { args: [database.url, redisUrl, redisPrefix] }));
      await process.ready(/runs schedules/, { timeoutMs: 60_000 });
      return process;
    },
    async letBeDue(code, msAgo = 100) {
      await sql`
        update schedule set next_at = now() - ${msAgo} * interval '1 millisecond', next_day = ${today} where code = ${code}`;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function* people(count: number): Generator<{ to: string; name: string }> {
  for (let index = 0; index < count; index++)
    yield { to: `0901${String(index).padStart(7, "0")}`, name: `会員${index}` };
}

async function givenSchedule(
  { hikyaku }: World,
  count: number,
  options: { code?: string; missed?: string } = {},
): Promise<void> {
  const { code = "nightly", missed } = options;
  await hikyaku.createSchedule({
    ...{ code, at: "00:00", timeZone: "UTC", from: dayOf(-1), until: dayOf(60) },
    ...{
      route: "coupon-sms",
      text: "#{name}様、本日の予約です。",
      class: "transactional",
      ...(missed === undefined ? {} : { missed }),
    },
  });
  await hikyaku.importScheduleRecipients(code, { recipients: people(count) });
}

const started = (world: World, code = "nightly") =>
  waitFor(async () => (await world.hikyaku.scheduleRuns(code)).find(({ state }) => state !== "importing"), {
    timeoutMs: 60_000,
    what: "the run to end",
  });

test("one run a day, by any number of processes that all look at the same moment", async () => {
  await using world = await openWorld();
  const codes = ["a", "b", "c", "d", "e", "f"];
  for (const code of codes) await givenSchedule(world, 20, { code });
  const processes = await Promise.all([world.start(), world.start(), world.start()]);
  await Promise.all(codes.map((code) => world.letBeDue(code)));
  for (const code of codes) {
    expect(await started(world, code)).toMatchObject({ day: today, state: "started", recipients: 20, rejected: 0 });
    expect(await findCampaign(world.sql, { key: `${code}/${today}` })).toMatchObject({
      state: "running",
      name: `${code} ${today}`,
    });
  }
  expect(await world.sql`select count(*) as count from campaign`).toEqual([{ count: 6 }]);
  expect(await world.sql`select count(*) as count from message`).toEqual([{ count: 120 }]);
  for (const process of processes) process.signal("SIGTERM");
  for (const process of processes) expect(await process.exited).toMatchObject({ code: 0 });
  const told = processes.map(({ stdout }) => stdout.match(/scheduled campaign started/g)?.length ?? 0);
  expect(told.reduce((sum, each) => sum + each, 0)).toBe(6);
}, 120_000);

test("processes that are killed in the middle of a run: others go on, with one campaign and each recipient once", async () => {
  await using world = await openWorld();
  await givenSchedule(world, 60_000);
  await world.letBeDue("nightly");
  const importedBy = async () => (await findCampaign(world.sql, { key: `nightly/${today}` }))?.importedRows ?? 0;
  for (const rows of [10_000, 20_000]) {
    await using process = await world.start();
    await waitFor(async () => (await importedBy()) >= rows, { timeoutMs: 60_000, everyMs: 2 });
    await process.kill("SIGKILL");
    // Its lease: as if the time had passed.
    await world.sql`update schedule_run set lease_until = now() where state = 'importing'`;
  }
  const runs = await world.hikyaku.scheduleRuns("nightly");
  const isCutOff = runs[0]?.state === "importing";
  expect(isCutOff).toBe(true);

  await Promise.all([world.start(), world.start()]);
  expect(await started(world)).toMatchObject({ state: "started", recipients: 60_000 });
  const campaign = await findCampaign(world.sql, { key: `nightly/${today}` });
  const campaignId = campaign?.id ?? "";
  expect(campaign).toMatchObject({ state: "running", rejectedRows: 0, duplicateRows: 0 });
  expect(await world.sql`select count(*) as messages, count(distinct recipient) as recipients from message`).toEqual([
    { messages: 60_000, recipients: 60_000 },
  ]);
  expect(await countRows(world.sql, { campaignId })).toEqual(await campaignCounts(world.sql, { campaignId }));
  expect(await world.sql`select count(*) as count from campaign`).toEqual([{ count: 1 }]);
}, 180_000);

test("a run that was cut off and found again only when its time had passed sends nothing, and says so", async () => {
  await using world = await openWorld();
  await givenSchedule(world, 60_000, { missed: "skip" });
  await world.letBeDue("nightly");
  {
    await using process = await world.start();
    await waitFor(async () => (await findCampaign(world.sql, { key: `nightly/${today}` }))?.importedRows, {
      timeoutMs: 60_000,
      everyMs: 2,
    });
    await process.kill("SIGKILL");
  }
  await world.sql`update schedule_run set lease_until = now() - interval '2 minutes'`;
  const process = await world.start();
  expect(await started(world)).toMatchObject({ state: "missed", reason: expect.stringContaining("interrupted") });
  expect(await findCampaign(world.sql, { key: `nightly/${today}` })).toMatchObject({ state: "cancelled" });
  await process.ready(/a scheduled run was missed/);
}, 120_000);

test("a run that nobody could start in time is missed by its policy, told loudly, and makes no campaign", async () => {
  await using world = await openWorld();
  await givenSchedule(world, 5, { missed: "run-if-within 30m" });
  await world.letBeDue("nightly", 31 * 60_000);
  const process = await world.start();
  const { 0: line } = await process.ready(/.*a scheduled run was missed.*/);
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    schedule: "nightly",
    day: today,
    why: expect.stringContaining("longer"),
  });
  expect(await world.hikyaku.findSchedule("nightly")).toMatchObject({
    state: "active",
    missed: "run-if-within 30m",
    lastRun: { state: "missed", campaignId: null },
    nextRuns: { length: 5 },
  });
  expect(await world.sql`select from campaign`).toHaveLength(0);
});

test("a run whose campaign can't be made fails with the reason, and the next is due as ever", async () => {
  await using world = await openWorld();
  await givenSchedule(world, 5);
  await world.sql`delete from route`;
  await world.letBeDue("nightly");
  const process = await world.start();
  await process.ready(/a scheduled campaign cannot be made/);
  expect(await started(world)).toMatchObject({
    state: "failed",
    reason: expect.stringContaining('"coupon-sms" is not known'),
  });
  expect(await world.hikyaku.findSchedule("nightly")).toMatchObject({ nextRuns: [{ day: dayOf(1) }, {}, {}, {}, {}] });
});
