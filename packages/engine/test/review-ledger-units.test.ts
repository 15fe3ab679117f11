import { randomUUID } from "node:crypto";
import {
  applyReceipts,
  claimBatch,
  connectLedger,
  findMessage,
  insertMessage,
  migrate,
  newId,
  publishRoutes,
  reapInFlight,
  recordOutcomes,
  registerWorker,
  storeReceipts,
} from "@hikyaku/ledger";
import { createDatabase } from "@hikyaku/testkit";
import { expect, test } from "vitest";

const route = "coupon-sms";
async function open() {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  await publishRoutes(ledger.sql, [{ name: route, provider: "kddi", settings: {} }]);
  return { sql: ledger.sql, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
async function single(sql: Awaited<ReturnType<typeof open>>["sql"], recipient = "+817000000001") {
  const { message } = await insertMessage(sql, { id: newId(), route, recipient, content: { text: "x" }, segments: 1 });
  return message.id;
}

test("a claim whose answer was cut off can be repeated although the reaper came first", async () => {
  await using ledger = await open();
  const { sql } = ledger;
  const worker = randomUUID();
  await registerWorker(sql, { id: worker, kind: "worker", host: "h", pid: 1 });
  const id = await single(sql);
  const input = { ids: [id], claim: randomUUID(), worker, route };
  await claimBatch(sql, input); // committed; the answer is lost with the connection
  await sql`update worker set heartbeat_at = now() - interval '10 seconds'`; // PostgreSQL was away for 10 s
  await reapInFlight(sql, { deadAfterMs: 3_000, longestAttemptMs: 60_000, limit: 100 });
  const again = await claimBatch(sql, input);
  console.log("REVIEW repeated claim", { claimed: again.length, state: (await findMessage(sql, { id }))?.state });
  expect(again).toHaveLength(1);
});

test("one outcome that PostgreSQL cannot hold does not keep the others of its batch out", async () => {
  await using ledger = await open();
  const { sql } = ledger;
  const worker = randomUUID();
  const ids = [await single(sql), await single(sql, "+817000000002")];
  const claim = randomUUID();
  await claimBatch(sql, { ids, claim, worker, route });
  const results = ids.map((id, n) => ({
    id,
    claim,
    to: "accepted" as const,
    outcome: "accepted",
    providerMessageId: n === 0 ? "a\0b" : "ok",
  }));
  const error = await recordOutcomes(sql, { worker, results }).then(
    () => null,
    (err: Error) => err.message,
  );
  console.log("REVIEW NUL", error);
  expect(error).toBeNull();
});

test("receipts of messages nobody knows do not hold up the others", async () => {
  await using ledger = await open();
  const { sql } = ledger;
  const strange = (n: number) => ({
    id: newId(),
    route,
    kind: "receipt",
    dedupeKey: `s-${n}`,
    body: "{}",
    providerMessageId: `s-${n}`,
    reportedState: "delivered",
    recipient: `+8170${String(n).padStart(8, "0")}`,
    status: "pending" as const,
    receivedAt: new Date(),
  });
  // Another system sends over the same account: its receipts come here too.
  for (let at = 0; at < 30_000; at += 5_000)
    await storeReceipts(
      sql,
      Array.from({ length: 5_000 }, (_, n) => strange(at + n)),
    );
  const input = { limit: 500, parkForMs: 86_400_000, parkRetryMs: 2_000 };
  const begun = performance.now();
  let calls = 0;
  let firstRoundMs = 0;
  let parkedAgain = 0;
  while (performance.now() - begun < 12_000) {
    const done = await applyReceipts(sql, input);
    calls += 1;
    if (calls === 60) firstRoundMs = performance.now() - begun;
    if (calls > 60) parkedAgain += done.parked;
    if (done.parked === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log("REVIEW parked", {
    firstRoundMs,
    parkedAgain,
    perSecond: (parkedAgain * 1_000) / (12_000 - firstRoundMs),
  });
  const [tries] = await sql<{ max: number }[]>`select max(tries) from receipt_raw`;
  expect(tries?.max).toBeLessThan(3);
}, 60_000);
