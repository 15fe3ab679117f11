import type { MissedRunPolicy } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { newId } from "../connection/new-id.ts";
import { claimDueRun } from "./claim-due-run.ts";
import { createSchedule } from "./create-schedule.ts";
import { deleteSchedule } from "./delete-schedule.ts";
import { deleteUnusedLists } from "./delete-unused-lists.ts";
import { editSchedule } from "./edit-schedule.ts";
import { findSchedule } from "./find-schedule.ts";
import { listScheduleRuns } from "./list-schedule-runs.ts";
import { overdueRunSeconds } from "./schedule-figures.ts";
import { appendToList, beginList, readList, useList } from "./schedule-lists.ts";
import { endRun, holdRun, takeOpenRun } from "./work-on-run.ts";

type Sql = TestLedger["sql"];

const hour: MissedRunPolicy = { kind: "run-if-within", withinMs: 3_600_000 };
const dayMs = 86_400_000;
const dayOf = (offset: number) => new Date(Date.now() + offset * dayMs).toISOString().slice(0, 10);

/** Daily at midnight UTC, from ten days ago on, with two recipients. */
async function givenSchedule(sql: Sql, { code = "nightly", missed = hour } = {}): Promise<string> {
  const id = newId();
  const recurrence = { at: "00:00", timeZone: "UTC", from: dayOf(-10), until: dayOf(60) };
  const template = { route: "coupon-sms", text: "#{name}様" };
  await createSchedule(sql, { id, code, description: "", recurrence, missed, template });
  await giveList(sql, id);
  return id;
}

async function giveList(sql: Sql, scheduleId: string): Promise<string> {
  const list = await beginList(sql, { variables: ["name"] });
  const recipients = ["山田", "佐藤"].map((name, index) => ({
    line: index + 2,
    to: `0901234567${index}`,
    values: [name],
  }));
  await appendToList(sql, { list, nth: 0, recipients });
  await useList(sql, { scheduleId, list, recipients: 2 });
  return list;
}

/** As if it had been due then, and nobody had looked. */
async function letBeDue(sql: Sql, scheduleId: string, msAgo: number, day = dayOf(0)): Promise<void> {
  await sql`
    update schedule set next_at = now() - ${msAgo} * interval '1 millisecond', next_day = ${day} where id = ${scheduleId}`;
}

test("a schedule is due next on the first of its days that is still to come, once it has recipients", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = newId();
  const recurrence = { at: "00:00", timeZone: "UTC", from: dayOf(-10), until: dayOf(60) };
  const given = { id, code: "nightly", description: "", recurrence, missed: hour, template: { route: "r" } };
  expect(await createSchedule(sql, given)).toBe(true);
  expect(await createSchedule(sql, { ...given, id: newId() })).toBe(false);
  expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({ nextAt: null, recipients: null });
  await giveList(sql, id);
  expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({
    nextAt: new Date(`${dayOf(1)}T00:00:00Z`),
    nextDay: dayOf(1),
    recipients: 2,
    variables: ["name"],
  });
  expect(await claimDueRun(sql)).toBeNull();
});

test("of many who look at once one claims the run, and the next one is that of the day after", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenSchedule(sql);
  await letBeDue(sql, id, 100);
  const others = Array.from({ length: 8 }, () => ledger.connect({ max: 1 }));
  const claims = (await Promise.all(others.map((other) => claimDueRun(other.sql)))).filter((each) => each !== null);
  expect(claims).toMatchObject([{ code: "nightly", day: dayOf(0), missed: null }]);
  expect(await listScheduleRuns(sql, { scheduleId: id, limit: 10 })).toMatchObject([
    { day: dayOf(0), state: "importing", campaignKey: `nightly/${dayOf(0)}` },
  ]);
  expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({ nextDay: dayOf(1) });
});

test("a day that has had its run has no other, whatever is due", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenSchedule(sql);
  for (let again = 0; again < 2; again++) {
    await letBeDue(sql, id, 100);
    await claimDueRun(sql);
  }
  expect(await listScheduleRuns(sql, { scheduleId: id, limit: 10 })).toHaveLength(1);
  // Moved to a time of today that is still to come, it is due tomorrow.
  const recurrence = { at: "23:59", timeZone: "UTC", from: dayOf(-10), until: dayOf(60) };
  await editSchedule(sql, { scheduleId: id, change: { recurrence } });
  expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({ nextDay: dayOf(1), timeOfDay: "23:59" });
});

describe("runs whose time has passed", () => {
  test("of three days only the last is made up for, and the others are told as missed", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const policy: MissedRunPolicy = { kind: "run-if-within", withinMs: 23 * 3_600_000 };
    const id = await givenSchedule(sql, { missed: policy });
    await sql`update schedule set next_at = ${`${dayOf(-2)}T00:00:00Z`}, next_day = ${dayOf(-2)} where id = ${id}`;
    const claims = [await claimDueRun(sql), await claimDueRun(sql), await claimDueRun(sql)];
    expect(claims.map((each) => [each?.day, each?.missed === null])).toEqual([
      [dayOf(-2), false],
      [dayOf(-1), false],
      [dayOf(0), expect.any(Boolean)],
    ]);
    expect(await claimDueRun(sql)).toBeNull();
    const [, yesterday] = await listScheduleRuns(sql, { scheduleId: id, limit: 10 });
    expect(yesterday).toMatchObject({
      state: "missed",
      reason: "the next run was due as well by then",
      campaignKey: null,
    });
  });

  test.each([
    ["skip", { kind: "skip" } as MissedRunPolicy, 61_000, "its time had passed, and missed runs are skipped"],
    ["too late", hour, 3_601_000, "its time had passed for longer than missed runs are made up for"],
    ["in time", hour, 3_599_000, null],
  ])("%s", async (_, missed, msAgo, why) => {
    await using ledger = await openTestLedger();
    const id = await givenSchedule(ledger.sql, { missed });
    await letBeDue(ledger.sql, id, msAgo);
    expect(await claimDueRun(ledger.sql)).toMatchObject({ missed: why });
  });

  test("one that is due when the times are changed is told as missed; a change of the text leaves it due", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const id = await givenSchedule(sql);
    await letBeDue(sql, id, 100);
    await editSchedule(sql, { scheduleId: id, change: { template: { route: "coupon-sms", text: "other" } } });
    expect(await listScheduleRuns(sql, { scheduleId: id, limit: 10 })).toEqual([]);
    await editSchedule(sql, { scheduleId: id, change: { isPaused: true } });
    expect(await listScheduleRuns(sql, { scheduleId: id, limit: 10 })).toMatchObject([{ state: "missed" }]);
    expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({ nextAt: null, pausedAt: expect.any(Date) });
    await editSchedule(sql, { scheduleId: id, change: { isPaused: false } });
    expect(await findSchedule(sql, { code: "nightly" })).toMatchObject({ nextDay: dayOf(1), pausedAt: null });
  });
});

test("a change that was prepared on what is not so any more is refused", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const scheduleId = await givenSchedule(sql);
  const { updatedAt } = (await findSchedule(sql, { code: "nightly" })) ?? {};
  const change = { description: "a" };
  const given = { scheduleId, change, ...(updatedAt ? { updatedAt } : {}) };
  expect(await editSchedule(sql, given)).toBe(true);
  expect(await editSchedule(sql, given)).toBe(false);
});

test("one process at a time works on a run; who dies lets go, who goes on keeps it, and it ends once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenSchedule(sql);
  await letBeDue(sql, id, 100);
  await claimDueRun(sql);
  expect(await overdueRunSeconds(sql)).toBeGreaterThan(0);
  const run = await takeOpenRun(sql, { leaseMs: 60_000 });
  expect(run).toMatchObject({
    code: "nightly",
    day: dayOf(0),
    variables: ["name"],
    template: { text: "#{name}様" },
    missed: hour,
  });
  expect(await takeOpenRun(sql, { leaseMs: 60_000 })).toBeNull();
  await holdRun(sql, { scheduleId: id, day: dayOf(0), leaseMs: 0 });
  expect(await takeOpenRun(sql, { leaseMs: 60_000 })).toMatchObject({ interruptedMs: expect.any(Number) });
  const end = {
    scheduleId: id,
    day: dayOf(0),
    state: "started",
    campaignId: newId(),
    recipients: 2,
    rejected: 0,
  } as const;
  expect(await endRun(sql, end)).toBe(true);
  expect(await endRun(sql, { ...end, state: "failed" })).toBe(false);
  expect(await listScheduleRuns(sql, { scheduleId: id, limit: 1 })).toMatchObject([
    { state: "started", recipients: 2 },
  ]);
  expect(await overdueRunSeconds(sql)).toBe(0);
});

test("a run reads the list it was claimed with, also when the schedule has another by then; afterwards that is deleted", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenSchedule(sql);
  await letBeDue(sql, id, 100);
  await claimDueRun(sql);
  const second = await giveList(sql, id);
  const run = await takeOpenRun(sql, { leaseMs: 60_000 });
  expect(run?.list).not.toBe(second);
  const read = [];
  for await (const recipient of readList(sql, { list: run?.list ?? "" })) read.push(recipient);
  expect(read).toEqual([
    { line: 2, to: "09012345670", values: ["山田"] },
    { line: 3, to: "09012345671", values: ["佐藤"] },
  ]);
  expect(await deleteUnusedLists(sql)).toBe(0);
  await endRun(sql, { scheduleId: id, day: dayOf(0), state: "failed", reason: "x" });
  expect(await deleteUnusedLists(sql)).toBe(1);
  expect(await sql`select id from schedule_list`).toEqual([{ id: second }]);
});

test("deleting waits for a run that is under way; afterwards nothing of it is left, and its code's keys are not used twice", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenSchedule(sql);
  await letBeDue(sql, id, 100);
  await claimDueRun(sql);
  expect(await deleteSchedule(sql, { scheduleId: id })).toBe("under-way");
  await endRun(sql, { scheduleId: id, day: dayOf(0), state: "started" });
  await sql`
    insert into campaign (id, key, name, route, content, request_hash) values (${newId()}, ${`nightly/${dayOf(0)}`}, '', 'r', '{}', '')`;
  expect(await deleteSchedule(sql, { scheduleId: id })).toBe("deleted");
  expect(await deleteSchedule(sql, { scheduleId: id })).toBe("gone");
  expect(await sql`select from schedule_list`).toHaveLength(0);
  expect(await sql`select from schedule_run`).toHaveLength(0);
  const again = await givenSchedule(sql);
  await letBeDue(sql, again, 100);
  await claimDueRun(sql);
  expect(await listScheduleRuns(sql, { scheduleId: again, limit: 1 })).toMatchObject([
    { campaignKey: `nightly/${dayOf(0)}-2` },
  ]);
});
