import { defaultClassRules } from "@hikyaku/core";
import { pauseCampaign, resumeCampaign } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { createCampaignFeeder } from "../src/feeder/create-campaign-feeder.ts";
import { createLogger } from "../src/index.ts";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem } from "./start-system.ts";

test("a campaign paused and resumed while its first jobs were added is fed from the beginning in the next round", async () => {
  await using system = await startSystem();
  const { ledger } = system;
  const campaignId = await startTestCampaign(system, { recipients: [plainNumber(1), plainNumber(2)] });
  const fed: string[][] = [];
  const feeder = createCampaignFeeder({
    ...{ route, ledger, canarySize: 20, canLookUp: false, windowSeconds: 5, classRules: defaultClassRules },
    addJobs: async (_, ids) => {
      fed.push(ids);
      if (fed.length > 1) return;
      // Between the two, a worker has taken the jobs and dropped them: the campaign stood still.
      await pauseCampaign(ledger.sql, { campaignId, reason: "a look at the first ones" });
      await resumeCampaign(ledger.sql, { campaignId });
    },
    now: () => new Date(),
    log: createLogger({ level: "silent", name: "test" }),
  });

  await feeder.feed(await feeder.openCampaigns(), 100, true);
  await feeder.feed(await feeder.openCampaigns(), 100, true);

  expect(fed).toHaveLength(2);
  expect(fed[1]).toEqual(fed[0]);
  await feeder.feed(await feeder.openCampaigns(), 100, true);
  expect(fed).toHaveLength(2);
});
