import { addSuppression, campaignCounts } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

test("a campaign whose first recipients are suppressed does not wait for another campaign's end", async () => {
  await using system = await startSystem({ tps: 50, concurrency: 20 });
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => plainNumber(from + n));
  await system.start("worker");
  const large = await startTestCampaign(system, { recipients: numbers(10_000, 8_000) });
  await waitForCounts(system, large, (c) => c.accepted > 50, { what: "the large one to be under way" });
  const first = numbers(0, 20);
  const small = await startTestCampaign(system, { recipients: [...first, ...numbers(20, 5)], priority: 10 });
  // The opt-outs come in after the import, before the first ones go out.
  for (const recipient of first) await addSuppression(system.ledger.sql, { recipient });
  await waitForCounts(system, small, (c) => c.suppressed === 20, { what: "the first ones to be suppressed" });

  const counts = await waitForCounts(system, small, (c) => c.everAccepted === 5, {
    what: "the others of the small one to be accepted",
    timeoutMs: 40_000,
  });
  expect(counts).toMatchObject({ suppressed: 20, queued: 0 });
  expect((await campaignCounts(system.ledger.sql, { campaignId: large })).queued).toBeGreaterThan(0);
}, 90_000);
