import { expect, test } from "vitest";
import { givenReady, givenRunning, messagesRead, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { insertMessage, type MessageFilter, newId, publishRoutes, searchMessages, streamSearch } from "../index.ts";

const single = { route, content: { templateCode: "ORDER01", text: "a" }, vars: [], segments: 1 };

test("the history is searched by every field, newest first, and by several at once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
  const { campaignId, ids } = await givenRunning(sql, 3);
  const [first, second, third] = ids;
  await send(sql, [first ?? ""], { to: "accepted", providerOrderId: "request-1" });
  await send(sql, [second ?? ""], { to: "rejected" });
  const other = newId();
  await insertMessage(sql, { id: other, recipient: "+819011112222", ...single });

  const find = async (filter: MessageFilter) =>
    (await searchMessages(sql, { limit: 10, ...filter })).rows.map(({ id }) => id);
  expect(await find({})).toEqual([other, third, second, first]);
  expect(await find({ campaignId })).toEqual([third, second, first]);
  expect(await find({ recipient: "+819011112222" })).toEqual([other]);
  expect(await find({ requestId: "request-1" })).toEqual([first]);
  expect(await find({ requestId: `carrier-${first}` })).toEqual([first]);
  expect(await find({ state: "rejected" })).toEqual([second]);
  expect(await find({ request: "accepted" })).toEqual([first]);
  expect(await find({ request: "refused" })).toEqual([second]);
  expect(await find({ request: "open", campaignId })).toEqual([third]);
  expect(await find({ templateCode: "ORDER01" })).toEqual([other]);
  expect(await find({ route: "another" })).toEqual([]);
  expect(await find({ until: new Date(0) })).toEqual([]);
  expect(await find({ from: new Date(Date.now() + 60_000) })).toEqual([]);
  expect(await find({ from: new Date(Date.now() - 60_000), state: "queued" })).toEqual([other, third]);
  await sql`update campaign set content = ${sql.json({ templateCode: "ORDER01" })}`;
  expect(await find({ templateCode: "ORDER01" })).toEqual([other, third, second, first]);
});

test("pages follow each other without a gap or a repeat", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenReady(sql, 7);
  for (const filter of [{}, { campaignId }]) {
    const seen: string[] = [];
    let before: string | null | undefined;
    do {
      const page = await searchMessages(sql, { ...filter, limit: 3, ...(before ? { before } : {}) });
      seen.push(...page.rows.map(({ id }) => id));
      before = page.before;
    } while (before !== null);
    expect(seen).toEqual(ids.toReversed());
  }
  let streamed = 0;
  for await (const rows of streamSearch(sql, { campaignId })) streamed += rows.length;
  expect(streamed).toBe(7);
});

test("a stream that is aborted ends by its reason before the next page", async () => {
  await using ledger = await openTestLedger();
  const { campaignId } = await givenReady(ledger.sql, 2_001);
  const stop = new AbortController();
  const pages = streamSearch(ledger.sql, { campaignId }, { signal: stop.signal });
  expect((await pages.next()).value).toHaveLength(2_000);
  stop.abort(new Error("nobody reads"));
  await expect(pages.next()).rejects.toThrow("nobody reads");
});

test("what is rare among very many is found page by page, and no statement looks through more than its part", async () => {
  await using ledger = await openTestLedger();
  const { ids } = await givenReady(ledger.sql, 45_000);
  await ledger.sql`update message set state = 'expired', ended_at = now() where id = ${ids[0] ?? ""}`;
  const { sql } = ledger.connect({ max: 1 });
  const read = await messagesRead(sql, async (transaction) => {
    const { rows, before } = await searchMessages(transaction, { state: "expired", limit: 10 });
    expect(rows.map(({ id }) => id)).toEqual([ids[0]]);
    expect(before).toBeNull();
  });
  // Once to compare, once to find where to go on.
  expect(read).toBeLessThanOrEqual(2 * 45_000);
});
