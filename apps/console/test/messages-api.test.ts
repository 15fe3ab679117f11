import { findMessage } from "@hikyaku/ledger";
import { connectRedis, openSendQueue } from "@hikyaku/queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
});
afterAll(() => site[Symbol.asyncDispose]());

const send = (key: string, body: Record<string, unknown>) =>
  site.call("POST", "/v1/messages", {
    headers: { "idempotency-key": key },
    body: { route, text: "認証番号は 123456 です", ...body },
  });

async function makeUnknown(key: string): Promise<string> {
  const { id } = (await send(key, { to: "070-2222-3333" })).json();
  await site.ledger.sql`
    update message set state = 'unknown', unknown_at = now(), attempts = 1, sending_at = now() - interval '2 hours',
      reason = 'connection reset after the request was written'
    where id = ${id}`;
  return id;
}

describe("single messages", () => {
  test("one is taken once for its key, and stands in its queue", async () => {
    const first = await send("otp-1", { to: "090-1234-5678", validFor: "5m" });
    expect(first.statusCode).toBe(201);
    const { id } = first.json();
    expect(first.json()).toMatchObject({ state: "queued", created: true, segments: 1, warnings: [] });
    expect(first.headers.location).toBe(`/v1/messages/${id}`);
    const again = await send("otp-1", { to: "+819012345678", validFor: "5m" });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ id, created: false });

    const connections = connectRedis({ url: site.redisUrl });
    const queue = openSendQueue({ connections, route, prefix: site.redisPrefix });
    const jobs = await queue.queues.single.getJobs(["waiting"]);
    expect(jobs.map(({ data }) => data.ids)).toEqual([[id]]);
    await queue.close();
    await connections.closeAll();
  });

  test("the same key for another message is a conflict", async () => {
    await send("otp-2", { to: "090-1234-5678" });
    const other = await send("otp-2", { to: "080-1234-5678" });
    expect(other.statusCode).toBe(409);
    expect(other.json()).toMatchObject({ type: "/problems/idempotency-conflict", messageId: expect.any(String) });
  });

  test("one is shown with its history", async () => {
    const { id } = (await send("otp-3", { to: "090-1111-2222", text: "#{code}", variables: { code: "42" } })).json();
    const response = await site.call("GET", `/v1/messages/${id}`);
    expect(response.json()).toMatchObject({
      ...{ id, route, to: "+819011112222", state: "queued", campaignId: null, idempotencyKey: "otp-3" },
      history: [{ what: "queued", at: expect.any(String) }],
    });
  });

  test("everything of one number is found in any spelling, page by page, newest first", async () => {
    const ids: string[] = [];
    for (const key of ["n1", "n2", "n3"]) ids.unshift((await send(key, { to: "080-9999-0001" })).json().id);
    const url = `/v1/messages?to=${encodeURIComponent("０８０ 9999 0001")}&limit=2`;
    const first = (await site.call("GET", url)).json();
    const rest = (await site.call("GET", `${url}&cursor=${first.nextCursor}`)).json();
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
  });

  test("numbers and texts stand in no log", () => {
    const logged = JSON.stringify(site.logged);
    for (const word of ["9012345678", "1234-5678", "9999", "認証番号"]) expect(logged).not.toContain(word);
  });
});

describe("unknown outcomes", () => {
  test("they are listed, and sent again or closed by choice", async () => {
    const [first, second, third] = [await makeUnknown("u1"), await makeUnknown("u2"), await makeUnknown("u3")];
    const page = (await site.call("GET", `/v1/unknown?route=${route}&limit=2`)).json();
    const rest = (await site.call("GET", `/v1/unknown?limit=2&cursor=${page.nextCursor}`)).json();
    expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual([first, second, third]);

    expect((await site.call("POST", "/v1/unknown/resend", { body: { ids: [first], olderThan: "3h" } })).json()).toEqual(
      { messages: 0 },
    );
    expect((await site.call("POST", "/v1/unknown/resend", { body: { ids: [first] } })).json()).toEqual({ messages: 1 });
    expect((await site.call("POST", "/v1/unknown/close", { body: { olderThan: "1h" } })).json()).toEqual({
      messages: 2,
    });
    const { sql } = site.ledger;
    expect((await findMessage(sql, { id: first }))?.state).toBe("queued");
    expect((await findMessage(sql, { id: third }))?.state).toBe("expired");
    expect((await site.call("GET", "/v1/unknown")).json()).toEqual({ items: [], nextCursor: null });
  });
});

describe("suppressions", () => {
  test("a suppressed number gets nothing, until it is lifted", async () => {
    const body = { recipient: "080-5555-0001", reason: "asked by phone" };
    expect((await site.call("POST", "/v1/suppressions", { body })).json()).toEqual({
      recipient: "+818055550001",
      route: "*",
      added: true,
    });
    const again = await site.call("POST", "/v1/suppressions", { body });
    expect([again.statusCode, again.json().added]).toEqual([200, false]);
    expect((await send("s1", { to: "080-5555-0001" })).json()).toMatchObject({ state: "suppressed" });

    expect((await site.call("DELETE", "/v1/suppressions/080-5555-0001")).statusCode).toBe(204);
    expect((await send("s2", { to: "080-5555-0001" })).json()).toMatchObject({ state: "queued" });
  });

  test("many come at once; those that are no numbers are told", async () => {
    const recipients = ["080-5555-1001", "080 5555 1002", "080-5555-1001", "110", "03-1234-5678"];
    const response = await site.call("POST", "/v1/suppressions/bulk", { body: { recipients, route } });
    expect(response.json()).toMatchObject({
      added: 2,
      known: 0,
      rejected: [{ index: 3 }, { index: 4, code: "not-mobile" }],
    });
    const page = (await site.call("GET", `/v1/suppressions?route=${route}&limit=1`)).json();
    const rest = (await site.call("GET", `/v1/suppressions?route=${route}&cursor=${page.nextCursor}`)).json();
    expect([...page.items, ...rest.items]).toMatchObject([
      { recipient: "+818055551001", route, source: "api" },
      { recipient: "+818055551002" },
    ]);
  });

  test("one for a route holds on that route only", async () => {
    await site.call("POST", "/v1/suppressions", { body: { recipient: "080-5555-2001", route } });
    const lifted = await site.call("DELETE", "/v1/suppressions/080-5555-2001");
    expect(lifted.json()).toMatchObject({ type: "/problems/suppression-not-found" });
    expect((await site.call("DELETE", `/v1/suppressions/080-5555-2001?route=${route}`)).statusCode).toBe(204);
  });
});

describe("routes", () => {
  test("they are listed with their limits, and held and released by hand", async () => {
    const held = (await site.call("POST", `/v1/routes/${route}/hold`, { body: { reason: "maintenance" } })).json();
    expect(held).toMatchObject({
      ...{ name: route, provider: "kddi", limits: { tps: 100, concurrency: 20 } },
      held: { cause: "operator", reason: "maintenance", nextProbeAt: null },
    });
    expect((await site.call("GET", "/v1/routes")).json().items).toMatchObject([
      { name: route, held: { cause: "operator" } },
    ]);
    expect((await site.call("POST", `/v1/routes/${route}/release`)).json()).toMatchObject({ held: null });
  });
});
