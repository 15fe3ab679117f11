import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { givenDraft, importRows, recipientOf, route } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  type AppendRowsInput,
  addSuppression,
  appendRows,
  beginImport,
  campaignCounts,
  cancelCampaign,
  countRows,
  findCampaign,
  finishImport,
  type ImportRow,
  listMessages,
  newId,
} from "../index.ts";

async function givenImporting(sql: TestLedger["sql"]): Promise<string> {
  const { id } = await givenDraft(sql);
  await beginImport(sql, { campaignId: id });
  return id;
}

function chunk(
  campaignId: string,
  rows: ImportRow[],
  progress: Partial<AppendRowsInput["progress"]> = {},
): AppendRowsInput {
  const defaults = { rows: rows.at(-1)?.line ?? 1, digest: Buffer.from("digest"), rejected: 0, duplicates: 0 };
  return { campaignId, route, round: 1, rows, progress: { ...defaults, ...progress } };
}

test("rows become queued messages in their order, and the position is written with them", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const campaignId = await givenImporting(sql);
  const rows = importRows(3);
  const digest = Buffer.from("first");
  const appended = await appendRows(sql, chunk(campaignId, rows, { rows: 5, digest, rejected: 2 }));
  expect(appended).toEqual({ inserted: 3, suppressed: 0, duplicates: [] });
  const messages = await listMessages(sql, { campaignId, limit: 9 });
  expect(messages).toMatchObject(
    rows.map((row) => ({ ...row, campaignId, route, round: 1, state: "queued", endedAt: null })),
  );
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({
    state: "importing",
    importedRows: 5,
    importDigest: digest,
    rejectedRows: 2,
  });
  expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 3, total: 3 });
});

test("every character a variable can hold comes back as it was", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 6 }), async (given) => {
      const vars = given.map((value) => value.replaceAll("\0", ""));
      const campaignId = await givenImporting(sql);
      const row = { id: newId(), recipient: `+81\t\\N${vars[0] ?? ""}`, line: 1, segments: 2, vars };
      await appendRows(sql, chunk(campaignId, [row]));
      const [message] = await listMessages(sql, { campaignId, limit: 1 });
      expect(message).toMatchObject(row);
    }),
    {
      numRuns: 60,
      examples: [[["", "null", "NULL", "{", '"', "\\", "\\N", "\\.", "a,b", "\n\r\t", "山田\u2028👍🏽", "'"]]],
    },
  );
});

describe("a recipient the campaign has already", () => {
  test("is left out, within the chunk and from chunks before, and its line is answered", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const campaignId = await givenImporting(sql);
    const within = [...importRows(3), { ...importRows(1)[0], line: 4 } as ImportRow];
    expect(await appendRows(sql, chunk(campaignId, within))).toEqual({ inserted: 3, suppressed: 0, duplicates: [4] });
    const across = importRows(4, 2).map((row, index) => ({ ...row, line: 5 + index }));
    expect(await appendRows(sql, chunk(campaignId, across))).toEqual({
      inserted: 2,
      suppressed: 0,
      duplicates: [5, 6],
    });
    expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ duplicateRows: 3, importedRows: 8 });
    const messages = await listMessages(sql, { campaignId, limit: 9 });
    expect(messages.map(({ recipient, line }) => [recipient, line])).toEqual([
      [recipientOf(1), 1],
      [recipientOf(2), 2],
      [recipientOf(3), 3],
      [recipientOf(4), 7],
      [recipientOf(5), 8],
    ]);
  });

  test("is found also when it is the first of its source", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const campaignId = await givenImporting(sql);
    await appendRows(sql, chunk(campaignId, importRows(10)));
    expect((await findCampaign(sql, { id: campaignId }))?.duplicateRows).toBe(0);
    const appended = await appendRows(sql, chunk(campaignId, importRows(10, 10), { rows: 20 }));
    expect(appended).toEqual({ inserted: 9, suppressed: 0, duplicates: [10] });
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("adds up with those the caller left out itself", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const campaignId = await givenImporting(sql);
    await appendRows(sql, chunk(campaignId, importRows(2), { rows: 4, duplicates: 2 }));
    await appendRows(sql, chunk(campaignId, importRows(1), { rows: 6, duplicates: 1 }));
    expect((await findCampaign(sql, { id: campaignId }))?.duplicateRows).toBe(4);
  });

  test("may be in another campaign", async () => {
    await using ledger = await openTestLedger();
    const first = await givenImporting(ledger.sql);
    const second = await givenImporting(ledger.sql);
    await appendRows(ledger.sql, chunk(first, importRows(2)));
    expect(await appendRows(ledger.sql, chunk(second, importRows(2)))).toMatchObject({ inserted: 2, duplicates: [] });
  });
});

test("who may not be messaged gets a row that says so, and is never queued", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const campaignId = await givenImporting(sql);
  await addSuppression(sql, { recipient: recipientOf(1) });
  await addSuppression(sql, { recipient: recipientOf(2), route });
  await addSuppression(sql, { recipient: recipientOf(2) });
  await addSuppression(sql, { recipient: recipientOf(3), route: "another-route" });
  expect(await appendRows(sql, chunk(campaignId, importRows(3)))).toEqual({
    inserted: 3,
    suppressed: 2,
    duplicates: [],
  });
  const messages = await listMessages(sql, { campaignId, limit: 9 });
  expect(messages.map(({ state }) => state)).toEqual(["suppressed", "suppressed", "queued"]);
  expect(messages[0]?.endedAt).toBeInstanceOf(Date);
  expect(messages[2]?.endedAt).toBeNull();
});

describe("a chunk is refused", () => {
  test("when the campaign is not importing", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id } = await givenDraft(sql);
    const refused = { name: "ImportError", code: "import-not-open", campaignId: id };
    await expect(appendRows(sql, chunk(id, importRows(1)))).rejects.toMatchObject(refused);
    await beginImport(sql, { campaignId: id });
    await finishImport(sql, { campaignId: id, rejectedRows: 0, digest: Buffer.from("") });
    await expect(appendRows(sql, chunk(id, importRows(1)))).rejects.toThrow(/is ready, not importing/);
    await cancelCampaign(sql, { campaignId: id });
    await expect(appendRows(sql, chunk(id, importRows(1)))).rejects.toThrow(/is cancelled, not importing/);
    const none = newId();
    await expect(appendRows(sql, chunk(none, importRows(1)))).rejects.toThrow(/does not exist/);
    expect(await sql`select id from message`).toHaveLength(0);
  });

  test("when another process has taken it already", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const campaignId = await givenImporting(sql);
    const both = await Promise.allSettled([
      appendRows(sql, chunk(campaignId, importRows(100), { after: 0 })),
      appendRows(sql, chunk(campaignId, importRows(50), { after: 0 })),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = both.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "import-overtaken", campaignId });
    expect([50, 100]).toContain((await countRows(sql, { campaignId })).total);
  });

  test("when it ends where the campaign already is", async () => {
    await using ledger = await openTestLedger();
    const campaignId = await givenImporting(ledger.sql);
    await appendRows(ledger.sql, chunk(campaignId, importRows(10)));
    await expect(appendRows(ledger.sql, chunk(campaignId, importRows(10)))).rejects.toMatchObject({
      code: "import-overtaken",
    });
  });
});

test("a chunk that fails in the middle leaves nothing of itself", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const campaignId = await givenImporting(sql);
  await appendRows(sql, chunk(campaignId, importRows(5)));
  const broken = importRows(2_000, 6).map((row, index) => (index === 1_900 ? { ...row, segments: 100_000 } : row));
  await expect(appendRows(sql, chunk(campaignId, broken))).rejects.toThrow(/smallint/);
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ importedRows: 5 });
  expect(await countRows(sql, { campaignId })).toMatchObject({ total: 5 });
  // The connection is fit for the next one.
  expect(await appendRows(sql, chunk(campaignId, importRows(5, 6)))).toMatchObject({ inserted: 5 });
});

test("an import cut off at any row resumes without a loss or a double", async () => {
  await using ledger = await openTestLedger();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.nat({ max: 119 }), { maxLength: 4 }),
      async (source, size, cuts) => {
        const campaignId = await givenImporting(ledger.sql);
        for (const cutAt of [...cuts, Number.POSITIVE_INFINITY]) {
          const at = await beginImport(ledger.sql, { campaignId });
          await importFrom(ledger.sql, { campaignId, source, size, cutAt, start: at?.importedRows ?? 0 });
        }
        const distinct = [...new Set(source)];
        const messages = await listMessages(ledger.sql, { campaignId, limit: 1_000 });
        expect(messages.map(({ recipient }) => recipient)).toEqual(distinct.map(recipientOf));
        expect(await findCampaign(ledger.sql, { id: campaignId })).toMatchObject({
          importedRows: source.length,
          duplicateRows: source.length - distinct.length,
        });
      },
    ),
    { numRuns: 40 },
  );
});

/** Imports `source` in chunks of `size` from row `start` on; the process dies while it handles row `cutAt`. */
async function importFrom(
  sql: TestLedger["sql"],
  input: { campaignId: string; source: number[]; size: number; cutAt: number; start: number },
): Promise<void> {
  for (let from = input.start; from < input.source.length; from += input.size) {
    const part = input.source.slice(from, from + input.size);
    const rows = part.map((number, index) => ({ ...(importRows(1, number)[0] as ImportRow), line: from + index + 1 }));
    const isCut = from <= input.cutAt && input.cutAt < from + part.length;
    // A dying process breaks its transaction off: the last row is one that PostgreSQL refuses.
    const last = rows.at(-1);
    if (isCut && last) last.segments = 100_000;
    try {
      await appendRows(sql, chunk(input.campaignId, rows, { rows: from + part.length, after: from }));
    } catch {
      return;
    }
  }
}

test("finishing makes the campaign ready, and can be repeated", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const campaignId = await givenImporting(sql);
  await appendRows(sql, chunk(campaignId, importRows(2)));
  const digest = Buffer.from("whole");
  const finished = await finishImport(sql, { campaignId, rejectedRows: 7, digest });
  expect(finished).toMatchObject({
    state: "ready",
    rejectedRows: 7,
    importDigest: digest,
    importedAt: expect.any(Date),
  });
  expect(await finishImport(sql, { campaignId, rejectedRows: 7, digest })).toEqual(finished);
  expect(await beginImport(sql, { campaignId })).toBeNull();
  const draft = await givenDraft(sql);
  await expect(finishImport(sql, { campaignId: draft.id, rejectedRows: 0, digest })).rejects.toMatchObject({
    code: "import-not-open",
  });
});
