import { randomUUID } from "node:crypto";
import { claimBatch, findMessage, findRoute, insertMessage, newId, recordOutcomes } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber } from "./import-recipients.ts";
import { route, startSystem, type TestSystem } from "./start-system.ts";

/** A single message whose outcome has been unknown for so long. */
async function givenUnknown(system: TestSystem, recipient: string, hours: number): Promise<string> {
  const { sql } = system.ledger;
  const { message } = await insertMessage(sql, { id: newId(), route, recipient, content: { text: "x" }, segments: 1 });
  const claim = randomUUID();
  await claimBatch(sql, { ids: [message.id], claim, worker: randomUUID(), route });
  const unknown = { id: message.id, claim, to: "unknown", outcome: "unknown" } as const;
  await recordOutcomes(sql, { worker: randomUUID(), results: [unknown] });
  await sql`update message set sending_at = now() - ${hours} * interval '1 hour' where id = ${message.id}`;
  return message.id;
}

test("the route's policy and time rule its unknown messages, and what its campaigns do by default", async () => {
  await using system = await startSystem({
    config: { unknown: { policy: "hold" } },
    routeConfig: { unknown: { policy: "resend", reconcileAfter: "2h" } },
  });
  const { sql } = system.ledger;
  const old = await givenUnknown(system, plainNumber(1), 3);
  const young = await givenUnknown(system, plainNumber(2), 1);
  await system.start("worker");

  await waitFor(async () => (await findMessage(sql, { id: old }))?.state === "accepted");
  expect((await findMessage(sql, { id: young }))?.state).toBe("unknown");
  expect((await findRoute(sql, route))?.onUnknown).toBe("resend");
});
