import { campaignCounts, countRows, findCampaign } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem } from "./start-system.ts";

interface SimulatorMetrics {
  accepted: number;
  duplicates: { count: number };
}

test("a campaign goes out and every message has its receipt", async () => {
  await using system = await startSystem();
  await system.start("receiver");
  await system.start("worker");
  const recipients = Array.from({ length: 300 }, (_, n) => plainNumber(n));
  const campaignId = await startTestCampaign(system, { recipients });

  await waitFor(async () => (await findCampaign(system.ledger.sql, { id: campaignId }))?.state === "finished", {
    what: "the campaign to finish",
    timeoutMs: 25_000,
  });

  const counts = await campaignCounts(system.ledger.sql, { campaignId });
  expect(counts).toMatchObject({ delivered: 300, total: 300 });
  // Its status would be asked as it was sent.
  const ways = await system.ledger.sql`select distinct channel, send_mode from message`;
  expect(ways).toEqual([{ channel: "sms", sendMode: "2" }]);
  expect(await countRows(system.ledger.sql, { campaignId })).toEqual(counts);
  const metrics = await system.control<SimulatorMetrics>("GET", "/sim/metrics");
  expect(metrics).toMatchObject({ accepted: 300, duplicates: { count: 0 } });
});
