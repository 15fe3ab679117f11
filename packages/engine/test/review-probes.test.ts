import { campaignCounts, findRoute, holdRoute } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem } from "./start-system.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const interval of ["100ms", "1s"]) {
  test(`a poller (${interval}) beside the worker takes no probes away`, async () => {
    await using system = await startSystem({
      config: { hold: { probeEvery: "1s" }, poller: { healthPort: 0, interval } },
      routeConfig: { basicAuth: { user: "user", password: "wrong" } },
    });
    await system.start("poller");
    await system.start("worker");
    await startTestCampaign(system, { recipients: numbers(50) });
    await sleep(14_000);
    const probes = (await findRoute(system.ledger.sql, route))?.probeCount ?? 0;
    console.log("REVIEW probes in some 12 s", { interval, probes });
    expect(probes).toBeGreaterThanOrEqual(5);
  }, 60_000);
}

test("no probe goes to a recipient outside the delivery window", async () => {
  await using system = await startSystem({ config: { hold: { probeEvery: "500ms" } } });
  const campaignId = await startTestCampaign(system, { recipients: numbers(5) });
  // A window of one minute, twelve hours from now.
  const at = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16);
  const to = new Date(Date.now() + 12 * 3_600_000 + 60_000).toISOString().slice(11, 16);
  const { sql } = system.ledger;
  await sql`update campaign set delivery_window = ${sql.json({ from: at, to, timeZone: "UTC" })} where id = ${campaignId}`;
  await system.start("worker");
  await sleep(1_500);
  expect((await campaignCounts(sql, { campaignId })).queued).toBe(5);
  await holdRoute(sql, { route, cause: "unreachable", reason: "test", probeInMs: 0 });
  await sleep(5_000);
  const counts = await campaignCounts(sql, { campaignId });
  console.log("REVIEW probe outside window", { queued: counts.queued, accepted: counts.everAccepted });
  expect(counts.everAccepted).toBe(0);
}, 60_000);
