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
  const { rate, metrics } = await settled(stage, measuredSeconds);
  const used = rate / tps;
  const refused = metrics.overTps + metrics.overConcurrency;
  const share = refused / metrics.requests;
  return {
    what: `use of the limit: ${tps.toLocaleString("en-US")} TPS, 4 processes, every sliding second counted`,
    measured: `${perSecond(rate)}, ${refused} answered 503 (${(share * 100).toFixed(2)} %)`,
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
  const bare = await startedAndSettled(async (stage) => {
    const posts = await stage.startBaseline("bare-posts");
    posts.kill("SIGUSR2");
  });
  const ours = await startedAndSettled(async (stage) => {
    const campaignId = await stage.importCampaign(theory * (settleSeconds + slowSeconds + 5));
    await stage.startWorker();
    await stage.start(campaignId);
  });
  const result = ours.rate / bare.rate;
  return {
    what: "gateway of 50 ms, concurrency 100",
    measured: `${perSecond(ours.rate)}, peak ${ours.metrics.peakConcurrency} at once`,
    against: `undici alone, no queue, no ledger: ${perSecond(bare.rate)} of ${perSecond(theory)}`,
    result: result.toFixed(3),
    bar: ">= 0.97",
    reached: result >= 0.97 && ours.metrics.overConcurrency === 0,
  };
}

const slowSeconds = 10;

async function startedAndSettled(start: (stage: Stage) => Promise<void>) {
  await using stage = await openStage(slow);
  await start(stage);
  return await settled(stage, slowSeconds);
}

/** The gateway's figures, and what it accepted in each of so many seconds after the first few. */
async function settled(stage: Stage, seconds: number) {
  const until = settleSeconds + seconds;
  await waitFor(async () => (await stage.metrics()).acceptedPerSecond.length > until, {
    what: "the measured seconds to pass",
    timeoutMs: 60_000,
    everyMs: lookEveryMs,
  });
  const metrics = await stage.metrics();
  const accepted = metrics.acceptedPerSecond.slice(settleSeconds, until).reduce((sum, count) => sum + count, 0);
  return { rate: accepted / seconds, metrics };
}
