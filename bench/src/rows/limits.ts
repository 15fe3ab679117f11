import { waitFor } from "@hikyaku/testkit";
import { perSecond, type Row } from "../row.ts";
import { openStage } from "../stage.ts";

/** A process that has just started is compiling its code, and late for it. */
const settleSeconds = 5;
const measuredSeconds = 20;

/** Four processes share a limit; the gateway counts every sliding second and answers 503 to what is over it. */
export async function useOfLimit(tps: number): Promise<Row> {
  await using stage = await openStage({ tps, concurrency: Math.max(20, Math.round(tps / 10)), gatewayMs: 5 });
  const campaignId = await stage.importCampaign(tps * (settleSeconds + measuredSeconds + 5));
  for (let process = 0; process < 4; process += 1) await stage.startWorker();
  await stage.start(campaignId);
  await waitFor(async () => (await stage.metrics()).acceptedPerSecond.length > settleSeconds + measuredSeconds, {
    what: "the measured seconds to pass",
    timeoutMs: 60_000,
    everyMs: 200,
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

/** A gateway that takes 50 ms for each request: 100 at a time make 2,000 a second, if no place ever stands empty. */
export async function slowGateway(): Promise<Row> {
  const concurrency = 100;
  const ceiling = concurrency / 0.05;
  await using stage = await openStage({ tps: null, concurrency, gatewayMs: 50 });
  const campaignId = await stage.importCampaign(ceiling * 12);
  await stage.startWorker();
  await stage.start(campaignId);
  await waitFor(async () => (await stage.metrics()).acceptedPerSecond.length > 10, {
    what: "ten seconds",
    timeoutMs: 60_000,
    everyMs: 200,
  });
  const metrics = await stage.metrics();
  const seconds = metrics.acceptedPerSecond.slice(1, 10);
  const rate = seconds.reduce((sum, count) => sum + count, 0) / seconds.length;
  return {
    what: "gateway of 50 ms, concurrency 100",
    measured: `${perSecond(rate)}, peak ${metrics.peakConcurrency} at once`,
    against: `its ceiling of ${perSecond(ceiling)}`,
    result: (rate / ceiling).toFixed(3),
    bar: ">= 0.97",
    reached: rate / ceiling >= 0.97 && metrics.overConcurrency === 0,
  };
}
