import { cancelCampaign, countRows, listRejections } from "@hikyaku/ledger";
import { describe, expect, test } from "vitest";
import {
  CampaignStateError,
  createProducer,
  DifferentRecipientsError,
  ImportBusyError,
  RowsRejectedError,
} from "../src/index.ts";
import { freshProducer, people } from "./fresh-producer.ts";

const coupon = { key: "2026-12-coupon", route: "coupon-sms", text: "#{name}様、クーポンをお送りします。" };

/** 25,000 rows, of which every 1,000th is bad and every 1,000th a duplicate of the row before. */
function* mixedRows(): Generator<{ to: string; name: string }> {
  for (const person of people(25_000)) {
    const index = Number(person.to.slice(4));
    if (index % 1_000 === 500) yield { ...person, to: "03" };
    else if (index % 1_000 === 700) yield { ...person, to: `0901${String(index - 1).padStart(7, "0")}` };
    else yield person;
  }
}

/** The same rows, but the source breaks after `count` of them. */
function* broken<Row>(rows: Iterable<Row>, count: number): Generator<Row> {
  let left = count;
  for (const row of rows) {
    if (left-- === 0) throw new Error("the file server is gone");
    yield row;
  }
}

describe("an interrupted import", () => {
  test("goes on where it stopped, and comes to exactly what an uninterrupted one comes to", async () => {
    await using fresh = await freshProducer();
    await using other = await freshProducer();
    const whole: unknown[] = [];
    const expected = await other.hikyaku.enqueueCampaign({
      ...coupon,
      recipients: mixedRows(),
      onRejected: (rejection) => whole.push(rejection),
    });
    expect(expected).toMatchObject({ recipients: 24_950, rejected: 25, duplicates: 25 });

    const first = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: broken(mixedRows(), 22_000) });
    await expect(first).rejects.toThrow("the file server is gone");
    const halfway = await fresh.hikyaku.findCampaign({ key: coupon.key });
    expect(halfway).toMatchObject({ state: "importing", counts: { total: 19_960 } });

    const told: unknown[] = [];
    const progress: unknown[] = [];
    const result = await fresh.hikyaku.enqueueCampaign({
      ...coupon,
      recipients: mixedRows(),
      onRejected: (rejection) => told.push(rejection),
      onProgress: (each) => progress.push(each),
    });
    const { id, startAt } = result;
    expect(result).toEqual({ ...expected, id, startAt, created: false });
    expect(progress).toEqual([{ rows: 25_000, resumedRows: 20_000, rejected: 25, duplicates: 25 }]);
    expect(told).toEqual(whole);
    expect(await rowsOf(fresh)).toEqual(await rowsOf(other));
    const stored = await listRejections(fresh.sql, { campaignId: id, limit: 100 });
    expect(stored).toEqual(await listRejections(other.sql, { campaignId: expected.id, limit: 100 }));
  });

  test("stores the rejections of its last chunk again, in case they were lost with the process", async () => {
    await using fresh = await freshProducer();
    const first = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: broken(mixedRows(), 21_000) });
    await expect(first).rejects.toThrow("gone");
    await fresh.sql`delete from import_rejection where line > 10000`;
    const { id } = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: mixedRows() });
    expect(await listRejections(fresh.sql, { campaignId: id, limit: 100 })).toHaveLength(50);
  });

  test("is stopped by its signal, and goes on by the next call", async () => {
    await using fresh = await freshProducer();
    const abort = new AbortController();
    const stopped = fresh.hikyaku.enqueueCampaign({
      ...coupon,
      recipients: people(40_000),
      signal: abort.signal,
      onProgress: () => abort.abort(new Error("Ctrl-C")),
    });
    await expect(stopped).rejects.toThrow("Ctrl-C");
    const result = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(40_000) });
    expect(result).toMatchObject({ recipients: 40_000, duplicates: 0, state: "running" });
  });

  test.each([
    ["other rows before that point", () => people(25_000, 1)],
    ["fewer rows", () => people(5)],
  ])("refuses %s, and writes nothing; taken back, it begins again", async (_, source) => {
    await using fresh = await freshProducer();
    const first = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: broken(people(25_000), 15_000) });
    await expect(first).rejects.toThrow("gone");
    const before = await fresh.sql`select * from campaign`;
    const second = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: source() });
    await expect(second).rejects.toThrow(DifferentRecipientsError);
    await expect(second).rejects.toThrow("discardImport()");
    expect(await fresh.sql`select * from campaign`).toEqual(before);
    const [campaign] = before;
    expect(await countRows(fresh.sql, { campaignId: campaign?.id })).toMatchObject({ total: 10_000 });

    expect(await fresh.hikyaku.discardImport({ key: coupon.key })).toMatchObject({
      state: "draft",
      counts: { total: 0 },
    });
    const third = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: source() });
    expect(third).toMatchObject({ recipients: [...source()].length, duplicates: 0, state: "running" });
  });

  test("ends with an error when its campaign is cancelled meanwhile", async () => {
    await using fresh = await freshProducer();
    const { id } = await fresh.hikyaku.createCampaign(coupon);
    async function* recipients() {
      yield* people(10_000);
      await cancelCampaign(fresh.sql, { campaignId: id });
      yield* people(10_000, 10_000);
    }
    const enqueued = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: recipients() });
    await expect(enqueued).rejects.toThrow(CampaignStateError);
    await expect(enqueued).rejects.toThrow("is cancelled: its import was ended by someone else");
    const again = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(20_000) });
    await expect(again).rejects.toThrow("use another key");
  });
});

describe("two callers with one key", () => {
  test("import once: the one who comes second is told so, and gets the result when he asks again", async () => {
    await using fresh = await freshProducer();
    await using other = await createProducer(fresh.options);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    async function* slow() {
      yield* people(10);
      begin();
      await ended;
    }
    const first = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: slow() });
    await begun;
    const second = await Promise.allSettled([
      other.enqueueCampaign({ ...coupon, recipients: people(10) }),
      fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(10) }),
      other.discardImport({ key: coupon.key }),
    ]);
    expect(second.map((each) => each.status === "rejected" && each.reason)).toEqual([
      expect.any(ImportBusyError),
      expect.any(ImportBusyError),
      expect.any(ImportBusyError),
    ]);
    end();
    expect(await first).toMatchObject({ recipients: 10, created: true });
    const third = await other.enqueueCampaign({ ...coupon, recipients: people(10) });
    expect(third).toMatchObject({ recipients: 10, created: false, duplicates: 0 });
  });

  test("at the same moment get the same campaign, whose import is short", async () => {
    await using fresh = await freshProducer();
    await using other = await createProducer(fresh.options);
    const results = await Promise.all(
      [fresh.hikyaku, other, fresh.hikyaku, other].map((each) =>
        each.enqueueCampaign({ ...coupon, recipients: people(500) }),
      ),
    );
    expect(results.map(({ recipients, duplicates }) => [recipients, duplicates])).toEqual(Array(4).fill([500, 0]));
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });

  test("never get a row in twice, even when the lock does not hold", async () => {
    await using fresh = await freshProducer();
    async function* losesItsLock() {
      yield* people(10_000);
      await fresh.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'hikyaku import lock'`;
      const other = await createProducer(fresh.options);
      await other.enqueueCampaign({ ...coupon, recipients: people(20_000) });
      await other.close();
      yield* people(10_000, 10_000);
    }
    const overtaken = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: losesItsLock() });
    await expect(overtaken).rejects.toThrow(/imported by another caller|import was ended by someone else/);
    const campaign = await fresh.hikyaku.findCampaign({ key: coupon.key });
    expect(campaign).toMatchObject({ state: "running", duplicates: 0, counts: { total: 20_000 } });
  });
});

describe("a strict import", () => {
  test("takes nothing when one row is bad or a duplicate, and the corrected source under the same key", async () => {
    await using fresh = await freshProducer();
    const rows = [...mixedRows()];
    const strict = { ...coupon, recipients: rows, strict: true };
    let told = 0;
    const refused = fresh.hikyaku.enqueueCampaign({ ...strict, onRejected: () => told++ });
    await expect(refused).rejects.toThrow(RowsRejectedError);
    await expect(refused).rejects.toMatchObject({ code: "rows-rejected", rejected: 25, duplicates: 25 });
    expect(told).toBe(50);
    const draft = await fresh.hikyaku.findCampaign({ key: coupon.key });
    expect(draft).toMatchObject({ state: "draft", rejected: 0, duplicates: 0, counts: { total: 0 } });
    expect(await fresh.sql`select line from import_rejection`).toHaveLength(0);

    const again = await fresh.hikyaku.enqueueCampaign({ ...strict, recipients: people(12) });
    expect(again).toMatchObject({ state: "running", recipients: 12 });
  });

  test("also refuses what an earlier, interrupted call has let in", async () => {
    await using fresh = await freshProducer();
    const first = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: broken(mixedRows(), 24_900) });
    await expect(first).rejects.toThrow("gone");
    const strict = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: mixedRows(), strict: true });
    await expect(strict).rejects.toMatchObject({ rejected: 25, duplicates: 25 });
  });
});

function rowsOf({ sql }: Awaited<ReturnType<typeof freshProducer>>) {
  return sql`select recipient, line, vars, segments, state, round from message order by id`;
}
