import { randomUUID } from "node:crypto";
import { claimBatch, findMessage, insertMessage, newId, recordOutcomes } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { test } from "vitest";
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

  // The check was made, failed, and the next one is planned: the message is what it was.
  const planned = async () => {
    const [row] = await sql<{ later: boolean | null }[]>`
      select next_check_at > now() and checks > 0 as later from message where id = ${message.id}`;
    return (
      row?.later === true && (await system.control<{ statusChecks: number }>("GET", "/sim/metrics")).statusChecks > 0
    );
  };
  await waitFor(planned, { what: "the failed check to be planned again" });
  await waitFor(async () => (await findMessage(sql, { id: message.id }))?.state === "accepted");
}, 30_000);
