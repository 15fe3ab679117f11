import { randomUUID } from "node:crypto";
import {
  claimBatch,
  findMessage,
  insertMessage,
  type NewReceipt,
  newId,
  recordOutcomes,
  storeReceipts,
} from "@hikyaku/ledger";
import { startPostgres, startRedis, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { probeHeader } from "../src/index.ts";
import { hookSecret, route, startSystem, type TestSystem } from "./start-system.ts";

function post(url: string, body: string, headers: Record<string, string> = { "content-type": "application/json" }) {
  return fetch(url, { method: "POST", body, headers });
}

function smsResult(msgId: string, status = "delivered"): string {
  return JSON.stringify({
    smsmessage: { orderId: msgId, msgId, status, timestamp: "2026-11-20T01:02:03.000Z" },
    messageContact: { userContact: "+817000000001" },
    Destination: "sms",
  });
}

async function stored(system: TestSystem) {
  return system.ledger.sql<{ kind: string; seen: number; body: string; status: string }[]>`
    select kind, seen, body, status from receipt_raw order by received_at, id`;
}

test("answers 200 to whatever a known secret posts, and keeps the raw body (protocol notes §20, vector 11)", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");
  const hook = `${url}/hooks/${route}/${hookSecret}`;
  const bodies: [string, Record<string, string>?][] = [
    ["{}"],
    [""],
    ["{ broken"],
    ["[1,2]"],
    ["plain words", { "content-type": "text/plain" }],
    ["a=b&c=d", { "content-type": "application/x-www-form-urlencoded" }],
    [smsResult("m-1"), { "content-type": "application/json; charset=Shift_JIS" }],
  ];

  for (const [body, headers] of bodies) expect((await post(hook, body, headers)).status).toBe(200);
  for (const method of ["GET", "HEAD"]) expect((await fetch(hook, { method })).status).toBe(200);

  const kinds = (await stored(system)).map((row) => [row.kind, row.body]);
  expect(kinds).toContainEqual(["receipt", smsResult("m-1")]);
  expect(kinds).toContainEqual(["unrecognised", "{ broken"]);
  expect(kinds).toContainEqual(["connection-test", "{}"]);
});

test("a probe is taken as a notification would be, and nothing of it is kept", async () => {
  await using system = await startSystem();
  const receiver = await system.start("receiver");
  const { url } = receiver;
  const hook = `${url}/hooks/${route}/${hookSecret}`;
  const probe = { "content-type": "application/json", [probeHeader]: "doctor" };
  for (const body of ["{}", "{}", "{ broken", smsResult("m-1")]) {
    const response = await post(hook, body, probe);
    expect([response.status, response.headers.get(probeHeader)]).toEqual([200, "ledger"]);
  }
  expect((await post(`${url}/hooks/${route}/wrong`, "{}", probe)).status).toBe(404);
  // The carrier's own test is not mistaken for a repeat of ours.
  expect((await post(hook, "{}")).headers.get(probeHeader)).toBeNull();
  expect(await stored(system)).toMatchObject([{ kind: "connection-test", seen: 1 }]);
  // The log promises no more than is known: an empty notification looks the same.
  const [line] = await receiver.ready(/.*an empty notification was answered 200, as a connection test is.*/);
  expect(JSON.parse(line)).toMatchObject({ route, hook: "any", from: "127.0.0.1" });
});

test("refuses a wrong secret with 404, an unknown route with 404 and a huge body with 413 (vector 11)", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");

  expect((await post(`${url}/hooks/${route}/wrong`, "{}")).status).toBe(404);
  expect((await post(`${url}/hooks/nobody/${hookSecret}`, "{}")).status).toBe(404);
  expect((await post(`${url}/hooks/${route}/${hookSecret}/other`, "{}")).status).toBe(404);
  expect((await post(`${url}/hooks/${route}/${hookSecret}`, "x".repeat(300_000))).status).toBe(413);
  expect(await stored(system)).toEqual([]);
});

test("lets in only allowed addresses, and asks for the agreed credentials", async () => {
  await using system = await startSystem({
    routeConfig: { hooks: { secret: hookSecret, allow: ["203.0.113.0/24"] } },
    config: { receiver: { port: 0, host: "127.0.0.1", trustProxy: true } },
  });
  const { url } = await system.start("receiver");
  const from = (address: string) => ({ "content-type": "application/json", "x-forwarded-for": address });

  expect((await post(`${url}/hooks/${route}/${hookSecret}`, "{}", from("203.0.113.9"))).status).toBe(200);
  expect((await post(`${url}/hooks/${route}/${hookSecret}`, "{}", from("198.51.100.1"))).status).toBe(403);
});

test("asks for the agreed Authorization", async () => {
  await using system = await startSystem({
    routeConfig: { hooks: { secret: hookSecret, basicAuth: { user: "carrier", password: "pw" } } },
  });
  const { url } = await system.start("receiver");
  const authorization = `Basic ${Buffer.from("carrier:pw").toString("base64")}`;

  expect((await post(`${url}/hooks/${route}/${hookSecret}`, "{}")).status).toBe(401);
  expect((await post(`${url}/hooks/${route}/${hookSecret}`, "{}", { authorization })).status).toBe(200);
});

test("recognises a repeat", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");
  const hook = `${url}/hooks/${route}/${hookSecret}/sms-result`;

  for (let time = 0; time < 3; time += 1) expect((await post(hook, smsResult("m-2"))).status).toBe(200);

  expect(await stored(system)).toMatchObject([{ kind: "receipt", seen: 3 }]);
});

/** A notification of delivery that came so long ago. */
function delivered(providerMessageId: string, recipient: string, hoursAgo: number): NewReceipt {
  return {
    ...{ id: newId(), route, kind: "receipt", status: "pending", providerMessageId, recipient },
    ...{ dedupeKey: providerMessageId, reportedState: "delivered", body: "{}" },
    receivedAt: new Date(Date.now() - hoursAgo * 3_600_000),
  };
}

test("gives a notification up that nobody knows after the configured time, and keeps others waiting", async () => {
  await using system = await startSystem({ config: { retention: { unmatchedReceipts: "3h" } } });
  await storeReceipts(system.ledger.sql, [
    delivered("old", "+817000000001", 4),
    delivered("young", "+817000000001", 2),
  ]);
  await system.start("receiver");

  await waitFor(async () => (await stored(system)).every(({ status }) => status !== "pending"));
  expect((await stored(system)).map(({ status }) => status)).toEqual(["unmatched", "parked"]);
});

test("a proof finds its message for as long as that waits for one, also where that is longer than usual", async () => {
  await using system = await startSystem({ routeConfig: { unknown: { reconcileAfter: "96h" } } });
  const { sql } = system.ledger;
  const recipient = "+817000000001";
  const { message } = await insertMessage(sql, { id: newId(), route, recipient, content: { text: "x" }, segments: 1 });
  const claim = randomUUID();
  await claimBatch(sql, { ids: [message.id], claim, worker: randomUUID(), route });
  const unknown = { id: message.id, claim, to: "unknown", outcome: "unknown" } as const;
  await recordOutcomes(sql, { worker: randomUUID(), results: [unknown] });
  await sql`update message set sending_at = now() - interval '80 hours'`;
  await storeReceipts(sql, [delivered("late", recipient, 0)]);
  await system.start("receiver");

  await waitFor(async () => (await findMessage(sql, { id: message.id }))?.state === "delivered");
});

test("with the ledger down it keeps notifications in Redis, answers in time, and writes them once it is back", async () => {
  await using database = await startPostgres();
  await using system = await startSystem({ database });
  const { url } = await system.start("receiver");
  const hook = `${url}/hooks/${route}/${hookSecret}/sms-result`;
  await post(hook, smsResult("before"));

  await database.stop();
  const times: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const begun = performance.now();
    expect((await post(hook, smsResult(`during-${n}`))).status).toBe(200);
    times.push(performance.now() - begun);
  }
  await database.restart();

  await waitFor(async () => (await stored(system).catch(() => [])).length === 201, {
    what: "all notifications in the ledger",
    timeoutMs: 40_000,
  });
  times.sort((a, b) => a - b);
  // The carrier gives 500 ms, the slowest answer included.
  expect(times.at(-1)).toBeLessThan(500);
}, 90_000);

test("with both stores down it answers 503, so that the carrier repeats", async () => {
  await using database = await startPostgres();
  await using redis = await startRedis();
  await using system = await startSystem({ database, redis });
  const { url } = await system.start("receiver");
  const hook = `${url}/hooks/${route}/${hookSecret}/sms-result`;

  await Promise.all([database.stop(), redis.stop()]);
  const refused = await post(hook, smsResult("m-3"));
  await Promise.all([database.restart(), redis.restart()]);

  expect(refused.status).toBe(503);
  await waitFor(async () => (await post(hook, smsResult("m-3"))).status === 200, { what: "a store to be back" });
}, 90_000);
