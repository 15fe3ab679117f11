import { campaignCounts, cancelCampaign } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import type { Row } from "../row.ts";
import { openStage } from "../stage.ts";

const size = 1_000_000;

/** Cancels a campaign of a million in the middle of sending. */
export async function cancel(): Promise<Row> {
  await using stage = await openStage({ tps: 500, concurrency: 50, gatewayMs: 5 });
  const campaignId = await stage.importCampaign(size);
  await stage.startWorker();
  await stage.start(campaignId);
  await waitFor(async () => (await stage.metrics()).accepted > 1_000, { what: "sending", timeoutMs: 60_000 });

  const watch = watchRedis(stage.redisUrl);
  const asked = performance.now();
  const answer = await cancelCampaign(stage.ledger.sql, { campaignId });
  const answeredMs = performance.now() - asked;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const after100ms = (await stage.metrics()).sends;
  await waitFor(async () => (await campaignCounts(stage.ledger.sql, { campaignId })).queued === 0, {
    what: "every row to be marked",
    timeoutMs: 120_000,
    everyMs: 200,
  });
  const blockedMs = await watch.stop();
  const metrics = await stage.metrics();
  const counts = await campaignCounts(stage.ledger.sql, { campaignId });
  const late = metrics.sends - after100ms;
  const exact = answer?.stopped === counts.cancelled && counts.cancelled + metrics.accepted === size;
  return {
    what: "cancel of a campaign of 1,000,000",
    measured: `answered in ${answeredMs.toFixed(0)} ms (${exact ? "exact" : "NOT EXACT"}), ${late} POSTs after 100 ms`,
    against: `Redis never kept anyone waiting over ${blockedMs.toFixed(0)} ms`,
    result: String(late),
    bar: "0 POSTs, Redis <= 20 ms",
    reached: late === 0 && exact && blockedMs <= 20,
  };
}

/** Longest time that Redis itself was busy with one command, by its slow log (commands of other clients wait that long). */
function watchRedis(url: string) {
  const redis = new Redis(url);
  const prepared = (async () => {
    await redis.config("SET", "slowlog-log-slower-than", "1000");
    await redis.slowlog("RESET");
  })();
  return {
    async stop(): Promise<number> {
      await prepared;
      const entries = (await redis.slowlog("GET", "100")) as [number, number, number, string[]][];
      await redis.quit();
      return Math.max(0, ...entries.map(([, , micros]) => micros)) / 1_000;
    },
  };
}
