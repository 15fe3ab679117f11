import { waitFor } from "@hikyaku/testkit";
import { perSecond, type Row } from "../row.ts";
import { openStage, type Stage } from "../stage.ts";

/** A process that has just started is compiling its code, and late for it. */
const settleSeconds = 5;
const measuredSeconds = 20;
/** The gateway sorts all it has counted for each look, and is late for what comes meanwhile. */
const lookEveryMs = 2_000;

/** Four processes share a limit; the gateway counts every sliding second and answers 503 to what is over it. */
export async function useOfLimit(tps: number): Promise<Row> {
  await using stage = await openStage({ tps, concurrency: Math.max(20, Math.round(tps / 10)), gatewayMs: 5 });
  const campaignId = await stage.importCampaign(tps * (settleSeconds + measuredSeconds + 5));
  for (let process = 0; process < 4; process += 1) await stage.startWorker();
  await stage.start(campaignId);
  await waitFor(async () => (await stage.metrics()).acceptedPerSecond.length > settleSeconds + measuredSeconds, {
    what: "the measured seconds to pass",
    timeoutMs: 60_000,
    everyMs: lookEveryMs,
  });
  const metrics = await stage.metrics();
  const seconds = metrics.acceptedPerSecond.slice(settleSeconds, settleSeconds + measuredSeconds);
  const used = seconds.reduce((sum, count) => sum + count, 0) / measuredSeconds / tps;
  const refused = metrics.overTps + metrics.overConcurrency;
  const share = refused / metrics.requests;
  return {
    what: `use of the limit: ${tps.toLocaleString("en-US")} TPS, 4 processes, every sliding second counted`,
    measured: `${perSecond(used * tps)}, ${refused} answered 503 (${(share * 100).toFixed(2)} %)`,
    against: `${tps}/s; worst second ${metrics.worstSecond.requests}`,
    result: used.toFixed(3),
    bar: ">= 0.98, 503 <= 0.1 %",
    reached: used >= 0.98 && share <= 0.001,
  };
}

const slow = { tps: null, concurrency: 100, gatewayMs: 50 } as const;

/**
 * A gateway that takes 50 ms for each request: 100 at a time would make 2,000 a second, if no timer were late and no place ever
 * stood empty. How near anybody comes to that depends on the machine, so undici alone shows it, against a gateway of its own.
 */
export async function slowGateway(): Promise<Row> {
  const theory = (slow.concurrency * 1_000) / slow.gatewayMs;
  const bare = await settledRate(async (stage) => {
    const posts = await stage.startBaseline("bare-posts");
    posts.kill("SIGUSR2");
  });
  const ours = await settledRate(async (stage) => {
    const campaignId = await stage.importCampaign(theory * (settleSeconds + slowSeconds + 5));
    await stage.startWorker();
    await stage.start(campaignId);
  });
  const result = ours.rate / bare.rate;
  return {
    what: "gateway of 50 ms, concurrency 100",
    measured: `${perSecond(ours.rate)}, peak ${ours.peak} at once`,
    against: `undici alone, no queue, no ledger: ${perSecond(bare.rate)} of ${perSecond(theory)}`,
    result: result.toFixed(3),
    bar: ">= 0.97",
    reached: result >= 0.97 && ours.over === 0,
  };
}

const slowSeconds = 10;

async function settledRate(start: (stage: Stage) => Promise<void>) {
  await using stage = await openStage(slow);
  await start(stage);
  await waitFor(async () => (await stage.metrics()).acceptedPerSecond.length > settleSeconds + slowSeconds, {
    what: "the measured seconds to pass",
    timeoutMs: 60_000,
    everyMs: lookEveryMs,
  });
  const metrics = await stage.metrics();
  const seconds = metrics.acceptedPerSecond.slice(settleSeconds, settleSeconds + slowSeconds);
  const rate = seconds.reduce((sum, count) => sum + count, 0) / seconds.length;
  return { rate, peak: metrics.peakConcurrency, over: metrics.overConcurrency };
}
