import { connect } from "node:net";
import { campaignCounts, countRows, findCampaign } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
});
afterAll(() => site[Symbol.asyncDispose]());

const text = "#{name}様、クーポンは #{code} です";
const ndjson = { "content-type": "application/x-ndjson" };
let made = 0;

async function create(body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> {
  const key = `key-${++made}`;
  const response = await site.call("POST", "/v1/campaigns", {
    headers: { "idempotency-key": key },
    body: { route, text, ...body },
  });
  expect(response.statusCode).toBe(201);
  return response.json();
}

/** Numbers that nobody else of this file uses. */
let next = 1_000_000;
function recipients(count: number): { to: string; name: string; code: string }[] {
  return Array.from({ length: count }, () => ({ to: `+81901${next++}`, name: "佐藤", code: "A1" }));
}

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function createWith(count: number, { start = false } = {}): Promise<{ id: string; key: string }> {
  const campaign = await create();
  const response = await site.call("POST", `/v1/campaigns/${campaign.id}/recipients?start=${start}`, {
    headers: ndjson,
    body: lines(recipients(count)),
  });
  expect(response.statusCode).toBe(200);
  return campaign;
}

describe("creating", () => {
  test("a campaign is created once for its key, and answered again afterwards", async () => {
    const body = { route, name: "十二月", text, window: "09:00-20:00 Asia/Tokyo", validFor: "2h" };
    const request = { headers: { "idempotency-key": "2026-12-coupon" }, body };
    const first = await site.call("POST", "/v1/campaigns", request);
    expect(first.statusCode).toBe(201);
    expect(first.headers.location).toBe(`/v1/campaigns/${first.json().id}`);
    expect(first.json()).toMatchObject({
      ...{ key: "2026-12-coupon", name: "十二月", route, state: "draft", created: true, variables: ["name", "code"] },
      counts: { total: 0, queued: 0, segmentsAccepted: 0 },
      window: { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" },
    });

    const again = await site.call("POST", "/v1/campaigns", request);
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ id: first.json().id, created: false });
  });

  test("the quotes of the IETF draft around a key are no part of it", async () => {
    const response = await site.call("POST", "/v1/campaigns", {
      headers: { "idempotency-key": '"quoted"' },
      body: { route, text },
    });
    expect(response.json().key).toBe("quoted");
  });

  test("the same key with another content is a conflict that names what differs", async () => {
    const { key } = await create();
    const response = await site.call("POST", "/v1/campaigns", {
      headers: { "idempotency-key": key },
      body: { route, text: "something else" },
    });
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ type: "/problems/campaign-conflict" });
    expect(response.json().detail).toContain("content");
  });

  test("a content that the carrier refuses names its place", async () => {
    const response = await site.call("POST", "/v1/campaigns", {
      headers: { "idempotency-key": "broken" },
      body: { route, text: "#{name" },
    });
    expect(response.statusCode).toBe(422);
    const problem = response.json();
    expect(problem.type).toBe("/problems/invalid-content");
    expect(problem.errors[0].pointer).toBe("#/content/text");
  });
});

describe("showing", () => {
  test("a campaign is found by its id and by its key, whatever characters that has", async () => {
    const key = "a/b c?d#e%f";
    const { id } = (
      await site.call("POST", "/v1/campaigns", { headers: { "idempotency-key": key }, body: { route, text } })
    ).json();
    expect((await site.call("GET", `/v1/campaigns/${id}`)).json()).toMatchObject({ id, key });
    expect((await site.call("GET", `/v1/campaigns/${encodeURIComponent(key)}`)).json()).toMatchObject({ id, key });
  });

  test("pages of the list hold every campaign once, newest first", async () => {
    await Promise.all([create(), create(), create()]);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await site.call("GET", `/v1/campaigns?limit=2${cursor ? `&cursor=${cursor}` : ""}`)
      ).json();
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    const all = await site.ledger.sql<{ count: number }[]>`select count(*)::int as count from campaign`;
    expect(ids.length).toBe(all[0]?.count);
  });
});

describe("importing recipients", () => {
  test("an NDJSON upload becomes messages; bad rows are counted and told, and stop nothing", async () => {
    const { id } = await create();
    const [first, second] = recipients(2);
    const rows = [
      first,
      { ...second, to: "03-1234-5678" },
      { to: first?.to, name: "again", code: "x" },
      { to: second?.to, name: "n" },
    ];
    const response = await site.call("POST", `/v1/campaigns/${id}/recipients`, {
      headers: ndjson,
      body: `${lines(rows)}not json\n${lines([second])}`,
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      ...{ id, state: "ready", recipients: 2, rejected: 3, duplicates: 1, suppressed: 0, resumedRows: 0 },
      rejections: [
        { line: 2, code: "not-mobile" },
        { line: 3, code: "duplicate" },
        { line: 4, code: "missing-value" },
        { line: 5, code: "not-a-row" },
      ],
    });
    const rejections = (await site.call("GET", `/v1/campaigns/${id}/rejections?limit=3`)).json();
    expect(rejections.items.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4]);
    const rest = (await site.call("GET", `/v1/campaigns/${id}/rejections?cursor=${rejections.nextCursor}`)).json();
    expect(rest).toMatchObject({ items: [{ line: 5 }], nextCursor: null });
    expect(JSON.stringify(site.logged)).not.toContain(second?.to);
  });

  test("a JSON list does the same, and may start the campaign", async () => {
    const { id } = await create();
    const response = await site.call("POST", `/v1/campaigns/${id}/recipients?start=true`, { body: recipients(3) });
    expect(response.json()).toMatchObject({ recipients: 3, state: "running" });
    expect((await site.call("GET", `/v1/campaigns/${id}`)).json()).toMatchObject({
      state: "running",
      counts: { queued: 3 },
    });
  });

  test("the same upload again changes nothing, another list is refused", async () => {
    const { id } = await create();
    const body = lines(recipients(5));
    const url = `/v1/campaigns/${id}/recipients`;
    const first = await site.call("POST", url, { headers: ndjson, body });
    const again = await site.call("POST", url, { headers: ndjson, body });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ recipients: 5, duplicates: 0, id: first.json().id });
    const other = await site.call("POST", url, { headers: ndjson, body: lines(recipients(5)) });
    expect(other.statusCode).toBe(409);
    expect(other.json().type).toBe("/problems/different-recipients");
    expect(await countRows(site.ledger.sql, { campaignId: id })).toMatchObject({ total: 5 });
  });

  test("strict refuses the whole list for one bad row and keeps nothing", async () => {
    const { id } = await create();
    const response = await site.call("POST", `/v1/campaigns/${id}/recipients?strict=true`, {
      headers: ndjson,
      body: lines([...recipients(3), { to: "110" }]),
    });
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({
      type: "/problems/rows-rejected",
      rejected: 1,
      rejections: [{ line: 4, code: "wrong-length" }],
    });
    expect((await site.call("GET", `/v1/campaigns/${id}`)).json()).toMatchObject({
      state: "draft",
      counts: { total: 0 },
    });
  });

  test("an upload that is cut off is resumed by sending it again, with nothing lost or doubled", async () => {
    const { id } = await create();
    const url = new URL(`/v1/campaigns/${id}/recipients`, await site.listen());
    const rows = recipients(25_000);
    const body = lines(rows);

    const socket = connect({ host: url.hostname, port: Number(url.port) });
    const head = [
      `POST ${url.pathname} HTTP/1.1`,
      `host: ${url.host}`,
      `authorization: Bearer ${site.key}`,
      "content-type: application/x-ndjson",
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, (body.length * 3) / 4)}`);
    const imported = await waitFor(async () => (await findCampaign(site.ledger.sql, { id }))?.importedRows, {
      what: "the first rows to be stored",
    });
    socket.destroy();
    // The cut must not look like the end of a shorter list; and the lock must be free for the next one.
    await waitFor(
      async () => {
        const response = await fetch(url, {
          method: "POST",
          headers: { ...ndjson, authorization: `Bearer ${site.key}` },
          body,
        });
        if (response.status === 409) return false;
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({
          recipients: 25_000,
          duplicates: 0,
          state: "ready",
          resumedRows: expect.any(Number),
        });
        return true;
      },
      { what: "the upload to be resumed" },
    );
    expect(imported).toBeLessThan(25_000);
    expect(await countRows(site.ledger.sql, { campaignId: id })).toMatchObject({ total: 25_000, queued: 25_000 });
  });

  test("an upload that stands still is given up with a problem", async () => {
    await using slow = await startTestConsole({ console: { uploadIdle: "1s" } });
    const { id } = (
      await slow.call("POST", "/v1/campaigns", { headers: { "idempotency-key": "slow" }, body: { route, text } })
    ).json();
    const response = await fetch(new URL(`/v1/campaigns/${id}/recipients`, await slow.listen()), {
      method: "POST",
      headers: { ...ndjson, authorization: `Bearer ${slow.key}` },
      body: new ReadableStream({ start: (sender) => sender.enqueue(Buffer.from(lines(recipients(1)))) }),
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(408);
    expect(await response.json()).toMatchObject({ type: "/problems/request-timeout" });
  });

  test("an unfinished import can be taken back, a finished one can't", async () => {
    const { id } = await create();
    const url = `/v1/campaigns/${id}/recipients`;
    await site.ledger.sql`update campaign set state = 'importing' where id = ${id}`;
    expect((await site.call("DELETE", url)).statusCode).toBe(204);
    await site.call("POST", url, { body: recipients(1) });
    expect((await site.call("DELETE", url)).json()).toMatchObject({ status: 409, type: "/problems/campaign-state" });
  });
});

describe("controlling", () => {
  test("start, pause, resume and cancel do what they say, and answer the campaign", async () => {
    const { id } = await createWith(4);
    const act = async (action: string, body?: unknown) =>
      (await site.call("POST", `/v1/campaigns/${id}/${action}`, body === undefined ? {} : { body })).json();
    expect(await act("start")).toMatchObject({ state: "running" });
    expect(await act("start")).toMatchObject({ state: "running" });
    expect(await act("pause", { reason: "wrong link" })).toMatchObject({ state: "paused", pauseReason: "wrong link" });
    expect(await act("pause")).toMatchObject({ state: "paused" });
    expect(await act("resume")).toMatchObject({ state: "running", pauseReason: null });
    await site.ledger.sql`
      update message set state = 'accepted', accepted_at = now(), sending_at = now()
      where id = (select id from message where campaign_id = ${id} limit 1)`;
    expect(await act("cancel")).toMatchObject({
      campaign: { state: "cancelled" },
      sent: 1,
      inFlight: 0,
      unknown: 0,
      stopped: 3,
    });
    expect(await act("resume")).toMatchObject({ status: 409, type: "/problems/campaign-state" });
  });

  test("a draft can't be started", async () => {
    const { id } = await create();
    const response = await site.call("POST", `/v1/campaigns/${id}/start`);
    expect(response.statusCode).toBe(409);
    expect(response.json().detail).toContain("import them first");
  });

  test("retry-failed sends again to those it failed for, once", async () => {
    const { id } = await createWith(5, { start: true });
    await site.ledger.sql`
      update message set state = 'failed', ended_at = now(), reason = 'unreachable'
      where id in (select id from message where campaign_id = ${id} limit 2)`;
    const url = `/v1/campaigns/${id}/retry-failed`;
    expect((await site.call("POST", url)).json()).toMatchObject({
      round: 2,
      messages: 2,
      campaign: { state: "running" },
    });
    expect((await site.call("POST", url)).json()).toMatchObject({ messages: 0 });
    expect(await campaignCounts(site.ledger.sql, { campaignId: id })).toMatchObject({ failed: 2, queued: 5 });

    const draft = await create();
    const refused = await site.call("POST", `/v1/campaigns/${draft.id}/retry-failed`);
    expect(refused.json()).toMatchObject({ status: 409, type: "/problems/campaign-state" });
  });
});

describe("reading", () => {
  test("messages come page by page, and by state", async () => {
    const { id } = await createWith(5);
    await site.ledger.sql`
      update message set state = 'rejected', ended_at = now(), reason = 'HTTP 400'
      where id = (select id from message where campaign_id = ${id} order by id limit 1)`;
    const first = (await site.call("GET", `/v1/campaigns/${id}/messages?limit=3`)).json();
    const rest = (await site.call("GET", `/v1/campaigns/${id}/messages?limit=3&cursor=${first.nextCursor}`)).json();
    expect([...first.items, ...rest.items].map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(rest.nextCursor).toBeNull();
    const rejected = (await site.call("GET", `/v1/campaigns/${id}/messages?state=rejected`)).json();
    expect(rejected.items).toMatchObject([{ line: 1, state: "rejected", reason: "HTTP 400", campaignId: id, route }]);
  });

  test("the report tells counts, reasons and rejections", async () => {
    const { id } = await createWith(3);
    await site.ledger.sql`
      update message set state = 'failed', ended_at = now(), reason = 'unreachable' where campaign_id = ${id} and line = 1`;
    const report = (await site.call("GET", `/v1/campaigns/${id}/report`)).json();
    expect(report).toMatchObject({
      campaign: { id, counts: { failed: 1, queued: 2 } },
      byReason: [{ state: "failed", reason: "unreachable", count: 1 }],
      rejections: { total: 0, duplicates: 0, byCode: [] },
      rounds: [{ round: 1, total: 3, counts: { failed: 1, queued: 2 } }],
      receiptDelayMs: null,
    });
  });

  test("a preview says what would be, and writes nothing", async () => {
    const count = async () =>
      (await site.ledger.sql<{ count: number }[]>`select count(*)::int as count from campaign`)[0]?.count;
    const before = await count();
    const [first, second] = recipients(2);
    const response = await site.call("POST", "/v1/campaigns/preview", {
      body: { route, text, recipients: [first, second, { to: "110", name: "n", code: "c" }] },
    });
    expect(response.json()).toMatchObject({
      ...{ recipients: 2, rejected: 1, segments: 2, variables: ["name", "code"] },
      rejections: [{ line: 3 }],
      samples: [{ line: 1, text: "佐藤様、クーポンは A1 です", segments: 1 }, { line: 2 }],
    });
    expect(response.body).not.toContain(first?.to);
    expect(await count()).toBe(before);
  });
});
