import { randomUUID } from "node:crypto";
import { claimBatch, findMessage, insertMessage, newId, recordOutcomes } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { route, startSystem } from "./start-system.ts";

test("a status call that fails near the end of the window marks nobody expired", async () => {
  await using system = await startSystem();
  const { sql } = system.ledger;
  await system.control("PUT", "/sim/faults", { statusRates: { 500: 1 }, on: "status" });
  await system.start("poller");
  const { message } = await insertMessage(sql, {
    id: newId(),
    route,
    recipient: "+817000000001",
    content: { text: "x" },
    segments: 1,
  });
  const claim = randomUUID();
  await claimBatch(sql, { ids: [message.id], claim, worker: randomUUID(), route });
  await recordOutcomes(sql, {
    worker: randomUUID(),
    results: [{ id: message.id, claim, to: "accepted", outcome: "accepted", providerMessageId: "m-1" }],
  });
  // The last check is due, twelve hours before the carrier forgets.
  await sql`update message set accepted_at = now() - interval '30 days 12 hours 1 minute', next_check_at = now() where id = ${message.id}`;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const row = await findMessage(sql, { id: message.id });
  console.log("REVIEW expiry", { state: row?.state, reason: row?.reason, checks: row?.checks });
  expect(row?.state).toBe("accepted");
}, 30_000);
