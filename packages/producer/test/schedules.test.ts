import { addSuppression, readList } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import {
  InvalidContentError,
  InvalidRequestError,
  RowsRejectedError,
  type ScheduleChanges,
  ScheduleConflictError,
  ScheduleNotFoundError,
  type ScheduleOptions,
  UnknownRouteError,
} from "../src/index.ts";
import { type FreshProducer, freshProducer, people } from "./fresh-producer.ts";

/** Its days are far ahead, so that no test depends on the day it runs on. */
const ahead: ScheduleOptions = {
  ...{ code: "nightly", at: "02:00", from: "2036-12-01", until: "2037-05-31" },
  ...{ route: "coupon-sms", text: "#{name}様、クーポンです", class: "transactional" },
};

async function given(options: Partial<ScheduleOptions> = {}): Promise<FreshProducer> {
  const fresh = await freshProducer();
  await fresh.hikyaku.createSchedule({ ...ahead, ...options });
  return fresh;
}

async function stored({ sql }: FreshProducer): Promise<{ line: number; to: string; values: (string | null)[] }[]> {
  const [schedule] = await sql<{ list: string }[]>`select list from schedule`;
  const found = [];
  for await (const recipient of readList(sql, { list: schedule?.list ?? "" })) found.push(recipient);
  return found;
}

test("a schedule has next runs as soon as it has recipients", async () => {
  await using fresh = await given({ weekdays: [5, 1] });
  const { hikyaku } = fresh;
  expect(await hikyaku.findSchedule("nightly")).toMatchObject({
    state: "no-recipients",
    nextRuns: [],
    recipients: null,
  });
  const { schedule, preview } = await hikyaku.importScheduleRecipients("nightly", { recipients: people(5_000) });
  expect(preview).toMatchObject({ recipients: 5_000, rejected: 0, segments: 5_000 });
  expect(schedule).toMatchObject({
    ...{ state: "active", recipients: 5_000, weekdays: [1, 5], timeZone: "Asia/Tokyo", missed: "run-if-within 1h" },
    nextRuns: [{ day: "2036-12-01", at: new Date("2036-12-01T02:00:00+09:00") }, { day: "2036-12-05" }, {}, {}, {}],
  });
  expect(await hikyaku.listSchedules()).toMatchObject([{ code: "nightly", nextRuns: [{ day: "2036-12-01" }] }]);
  expect(await hikyaku.listSchedules({ after: "nightly" })).toEqual([]);
  expect(await hikyaku.scheduleRuns("nightly")).toEqual([]);
});

test("what is stored of a recipient is the number and what the content uses; who can't be messaged is told and left out", async () => {
  await using fresh = await given();
  const recipients = [
    { to: "090-1234-5678", name: "山田", birthday: "1990-01-01" },
    { to: "03-1234-5678", name: "固定" },
    { to: "+819012345678", name: "山田" },
    { to: "08011112222", name: "鈴木" },
  ];
  await addSuppression(fresh.sql, { recipient: "+818011112222", route: "*", reason: "x", source: "operator" });
  const refused: string[] = [];
  const { preview } = await fresh.hikyaku.importScheduleRecipients("nightly", {
    recipients,
    lineOf: (_, index) => index + 1,
    onRejected: ({ line, code }) => refused.push(`${line} ${code}`),
  });
  expect(preview).toMatchObject({ recipients: 2, suppressed: 1, rejected: 1, duplicates: 1 });
  expect(refused).toEqual(["3 not-mobile", "4 duplicate"]);
  expect(await stored(fresh)).toEqual([
    { line: 2, to: "090-1234-5678", values: ["山田"] },
    { line: 5, to: "08011112222", values: ["鈴木"] },
  ]);
});

test("an import that fails leaves the recipients there were, and nothing of its own", async () => {
  await using fresh = await given();
  const { hikyaku, sql } = fresh;
  await hikyaku.importScheduleRecipients("nightly", { recipients: people(3) });
  async function* broken() {
    yield* people(25_000);
    throw new Error("the disk is gone");
  }
  await expect(hikyaku.importScheduleRecipients("nightly", { recipients: broken() })).rejects.toThrow(
    "the disk is gone",
  );
  const bad = [...people(2), { to: "110", name: "x" }];
  await expect(hikyaku.importScheduleRecipients("nightly", { recipients: bad, strict: true })).rejects.toThrow(
    RowsRejectedError,
  );
  const none = hikyaku.importScheduleRecipients("nightly", { recipients: [] });
  await expect(none).rejects.toThrow("none of the rows can be messaged; the schedule keeps the recipients it had");
  expect(await stored(fresh)).toHaveLength(3);
  expect(await sql`select from schedule_list`).toHaveLength(1);
  expect(await sql`select from schedule_list_piece`).toHaveLength(1);
});

test.each([
  [{ code: "a b" }, InvalidRequestError, "code: must be 1 to 100 letters"],
  [{ at: "25:00" }, InvalidRequestError, "at: must be a time of day"],
  [
    { until: "2037-06-02" },
    InvalidRequestError,
    "until: must be at most 6 months after from, so 2037-06-01 at the latest",
  ],
  [{ missed: "never" }, InvalidRequestError, 'missed: not a policy for missed runs; write "skip"'],
  [{ startAt: "2036-12-01T00:00:00Z" }, InvalidRequestError, "startAt: there is no such field"],
  [{ route: "other" }, UnknownRouteError, '"other" is not known'],
  [{ text: "#{" }, InvalidContentError, "content.text"],
  [{ priority: 11 }, InvalidRequestError, "priority: must be a whole number from 1 to 10"],
])("%j is refused before anything is written", async (change, kind, message) => {
  await using fresh = await freshProducer();
  const made = fresh.hikyaku.createSchedule({ ...ahead, ...change } as ScheduleOptions);
  await expect(made).rejects.toThrow(kind);
  await expect(made).rejects.toThrow(message);
  expect(await fresh.sql`select from schedule`).toHaveLength(0);
});

test("a change is one of the runs to come: what is left out stays, null takes away, and all recipients are checked", async () => {
  await using fresh = await given({ priority: 9, window: "09:00-20:00 Asia/Tokyo" });
  const { hikyaku } = fresh;
  await hikyaku.importScheduleRecipients("nightly", { recipients: people(5) });
  const { schedule, preview } = await hikyaku.editSchedule("nightly", {
    at: "11:30",
    content: { text: "#{name}" },
    window: null,
  });
  expect(preview).toMatchObject({ recipients: 5, rejected: 0 });
  expect(schedule).toMatchObject({
    at: "11:30",
    template: { route: "coupon-sms", content: { text: "#{name}" }, priority: 9, class: "transactional" },
    nextRuns: [{ at: new Date("2036-12-01T11:30:00+09:00") }, {}, {}, {}, {}],
  });
  expect(Object.keys(schedule.template).sort()).toEqual(["by", "class", "content", "priority", "route"]);
  expect((await hikyaku.editSchedule("nightly", { description: "for members", paused: true })).schedule).toMatchObject({
    ...{ state: "paused", description: "for members", nextRuns: [], at: "11:30" },
  });
  expect((await hikyaku.editSchedule("nightly", { paused: false })).schedule).toMatchObject({ state: "active" });
});

test.each([
  [{ text: "#{shop}" }, "have no value for #{shop}"],
  [{ text: "#{name}".padEnd(665, "あ") }, "none of the schedule's recipients could get it"],
  [{ until: "2036-11-30" }, "until: must be not before from"],
  [{ code: "other" } as ScheduleChanges, "code: there is no such field"],
])("the change %j is refused, and changes nothing", async (change, message) => {
  await using fresh = await given();
  await fresh.hikyaku.importScheduleRecipients("nightly", { recipients: people(5) });
  const before = await fresh.hikyaku.findSchedule("nightly");
  await expect(fresh.hikyaku.editSchedule("nightly", change)).rejects.toThrow(message);
  expect(await fresh.hikyaku.findSchedule("nightly")).toEqual(before);
});

test("a moment reserved with the carrier fits one campaign, not a schedule of them", async () => {
  const reserve = { time: "2036-12-01 10:00", timeZone: "Asia/Seoul" };
  const content = { templateCode: "welcome", content: "안녕하세요", reserve };
  const refused = /^content\.reserve: is one moment, .* leave reserve out/;
  await expect(given({ text: undefined, content } as Partial<ScheduleOptions>)).rejects.toThrow(refused);

  await using fresh = await given();
  await expect(fresh.hikyaku.editSchedule("nightly", { content })).rejects.toThrow(refused);
});

test("a code is there once, until it is deleted", async () => {
  await using fresh = await given();
  const { hikyaku, sql } = fresh;
  await expect(hikyaku.createSchedule(ahead)).rejects.toThrow(ScheduleConflictError);
  await hikyaku.importScheduleRecipients("nightly", { recipients: people(5) });
  await hikyaku.deleteSchedule("nightly");
  await expect(hikyaku.deleteSchedule("nightly")).rejects.toThrow(ScheduleNotFoundError);
  expect(await hikyaku.findSchedule("nightly")).toBeNull();
  expect(await sql`select from schedule_list`).toHaveLength(0);
});

test("for advertising each recipient's consent is kept, and whoever made the schedule stands behind each override", async () => {
  await using fresh = await given({
    class: "advertising",
    overrides: [
      { rule: "sender-name", reason: "in the app" },
      { rule: "refusal-way", reason: "in the app" },
    ],
    by: "user:sato",
  });
  const { hikyaku } = fresh;
  await hikyaku.importScheduleRecipients("nightly", {
    recipients: [
      { to: "09012345678", name: "山田", consent_at: "2026-01-01T00:00:00+09:00", consent_source: "web" },
      { to: "09012345679", name: "佐藤" },
    ],
  });
  expect(await stored(fresh)).toEqual([
    { line: 1, to: "09012345678", values: ["山田", "2026-01-01T00:00:00+09:00", "web"] },
    { line: 2, to: "09012345679", values: ["佐藤", null, null] },
  ]);
  expect(await hikyaku.findSchedule("nightly")).toMatchObject({ template: { by: "user:sato" } });
  expect((await hikyaku.editSchedule("nightly", { priority: 3, by: "user:suzuki" })).schedule).toMatchObject({
    template: { by: "user:suzuki", priority: 3 },
  });
});
