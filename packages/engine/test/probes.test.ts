import { campaignCounts, findRoute, holdRoute } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts, waitForState } from "./wait-for-campaign.ts";

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => plainNumber(from + n));

async function hold(system: TestSystem): Promise<void> {
  await holdRoute(system.ledger.sql, { route, cause: "unreachable", reason: "for the test", probeInMs: 0 });
}

test("a held route resumes by a probe, also with a poller that looks at it ten times a second", async () => {
  await using system = await startSystem({ config: { hold: { probeEvery: "1s" } } });
  await system.start("receiver");
  await system.start("poller");
  await system.start("worker");
  await hold(system);
  const campaignId = await startTestCampaign(system, { recipients: numbers(50) });

  await waitFor(async () => (await findRoute(system.ledger.sql, route))?.heldAt === null, {
    what: "the route to resume",
    timeoutMs: 20_000,
  });
  await waitForState(system, campaignId, "finished", 40_000);
}, 90_000);

test("a probe takes no message whose delivery window is shut", async () => {
  await using system = await startSystem({ config: { hold: { probeEvery: "500ms" } } });
  const { sql } = system.ledger;
  const shut = await startTestCampaign(system, { recipients: numbers(5) });
  const inTwelveHours = (plusMs: number) => new Date(Date.now() + 12 * 3_600_000 + plusMs).toISOString().slice(11, 16);
  const window = { from: inTwelveHours(0), to: inTwelveHours(60_000), timeZone: "UTC" };
  await sql`update campaign set delivery_window = ${sql.json(window)} where id = ${shut}`;
  await hold(system);
  await system.start("receiver");
  await system.start("worker");
  const open = await startTestCampaign(system, { recipients: numbers(5, 100) });

  // The open campaign lends the probe, so the route resumes and it finishes; nothing went to the other one.
  await waitForState(system, open, "finished", 40_000);
  expect(await campaignCounts(sql, { campaignId: shut })).toMatchObject({ queued: 5, everAccepted: 0 });
}, 90_000);

test("a hold that a status check met ends by a status check, where nothing waits to be sent", async () => {
  await using system = await startSystem({
    config: { hold: { probeEvery: "500ms" } },
    routeConfig: { receiptGrace: "200ms" },
  });
  const { sql } = system.ledger;
  const statusChecks = async () => (await system.control<{ statusChecks: number }>("GET", "/sim/metrics")).statusChecks;
  await system.control("PUT", "/sim/faults", { statusRates: { 401: 1 }, on: "status" });
  // No receiver: the carrier has to be asked.
  await system.start("worker");
  await system.start("poller");
  const campaignId = await startTestCampaign(system, { recipients: numbers(20) });
  await waitFor(async () => (await findRoute(sql, route))?.heldReason?.startsWith("status API: ") ?? false, {
    what: "the hold",
  });
  await waitForCounts(system, campaignId, (counts) => counts.accepted === 20, { what: "all to be accepted" });
  // While the fault lasts it is tried by one question at a time, and stays held.
  const before = await statusChecks();
  await waitFor(async () => (await statusChecks()) > before, { what: "a probe", timeoutMs: 20_000 });
  expect((await findRoute(sql, route))?.heldAt).not.toBeNull();

  await system.control("PUT", "/sim/faults", { statusRates: { 401: 0 }, on: "status" });
  await waitFor(async () => (await findRoute(sql, route))?.heldAt === null, {
    what: "the route to resume",
    timeoutMs: 20_000,
  });
  // Those that were asked about in vain are asked again later; what had not been asked yet is known at once.
  await waitForCounts(system, campaignId, (counts) => counts.delivered > 0, { what: "a receipt" });
}, 120_000);
