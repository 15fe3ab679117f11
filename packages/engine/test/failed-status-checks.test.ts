import { randomUUID } from "node:crypto";
import { claimBatch, findMessage, insertMessage, newId, recordOutcomes } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { startAskedGateway } from "./questions/asked-gateway.ts";
import { route, startSystem, type TestSystem } from "./start-system.ts";

/** A message that the carrier has accepted, whose status may be asked now. */
async function accepted(
  { ledger: { sql } }: TestSystem,
  recipient: string,
  providerMessageId: string,
): Promise<string> {
  const { message } = await insertMessage(sql, {
    ...{ id: newId(), route, recipient, content: { text: "x" }, segments: 1 },
  });
  const claim = randomUUID();
  await claimBatch(sql, { ids: [message.id], claim, worker: randomUUID(), route });
  await recordOutcomes(sql, {
    worker: randomUUID(),
    results: [{ id: message.id, claim, to: "accepted", outcome: "accepted", providerMessageId }],
  });
  return message.id;
}

test("a status call that fails near the end of the window marks nobody expired", async () => {
  await using system = await startSystem();
  const { sql } = system.ledger;
  await system.control("PUT", "/sim/faults", { statusRates: { 500: 1 }, on: "status" });
  await system.start("poller");
  const id = await accepted(system, "+817000000001", "m-1");
  // The last check is due, twelve hours before the carrier forgets.
  await sql`update message set accepted_at = now() - interval '30 days 12 hours 1 minute', next_check_at = now() where id = ${id}`;

  // The check was made, failed, and the next one is planned: the message is what it was.
  const planned = async () => {
    const [row] = await sql<{ later: boolean | null }[]>`
      select next_check_at > now() and checks > 0 as later from message where id = ${id}`;
    return (
      row?.later === true && (await system.control<{ statusChecks: number }>("GET", "/sim/metrics")).statusChecks > 0
    );
  };
  await waitFor(planned, { what: "the failed check to be planned again" });
  await waitFor(async () => (await findMessage(sql, { id }))?.state === "accepted");
}, 30_000);

test("an answer about another message is not used, and told once an hour", async () => {
  await using gateway = await startAskedGateway(() => ({
    status: 200,
    body: { smsmessage: { msgId: "m-9", orderId: "o-9", status: "delivered" } },
  }));
  await using system = await startSystem({ routeConfig: { baseUrl: gateway.baseUrl } });
  const { sql } = system.ledger;
  const ids = [await accepted(system, "+817000000001", "m-1"), await accepted(system, "+817000000002", "m-2")];
  await sql`update message set next_check_at = now()`;
  const poller = await system.start("poller");

  const counted = async () =>
    (await (await fetch(`${poller.url}/metrics`)).text()).match(
      /hikyaku_status_checks_total\{[^}]*answer="another-message"[^}]*\} (\d+)/,
    )?.[1];
  await waitFor(async () => (await counted()) === "2", { what: "both to be asked about" });
  await poller.ready(/answered about another message/);
  for (const id of ids) expect((await findMessage(sql, { id }))?.state).toBe("accepted");
  const told = poller.stdout
    .split("\n")
    .filter((line) => line.includes("answered about another message"))
    .map((line) => JSON.parse(line));
  expect(told).toEqual([expect.objectContaining({ level: 50, route, messageId: expect.toBeOneOf(ids) })]);
  expect(told[0].reason).toContain("m-9");
}, 30_000);
