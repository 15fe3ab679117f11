import type { Logger } from "@hikyaku/engine";
import { listCampaigns, type Sql } from "@hikyaku/ledger";
import { doneCount, progressOf } from "./progress-of.ts";

/** How fast the running campaigns go, measured here. */
export interface PaceWatch {
  /** Somebody looks: keep measuring for a minute. */
  look(): void;
  /** Null until there are two measurements. */
  paceOf(campaignId: string): Pace | null;
  /** Of all running campaigns of the route together; null until it is known. */
  rateOfRoute(route: string): number | null;
  close(): Promise<void>;
}

export interface Pace {
  /** Messages done per second, over about the last 20 s. */
  perSecond: number;
  /** How long nothing has moved. */
  standingMs: number;
}

interface Track {
  route: string;
  samples: { at: number; done: number }[];
  movedAt: number;
}

const everyMs = 2_000;
const spanMs = 20_000;
const lookedAtForMs = 60_000;
const mostCampaigns = 500;

/** Measures from the counters, and only while somebody looks: without, it asks the ledger nothing. */
export function createPaceWatch({ sql, log }: { sql: Sql; log: Logger }): PaceWatch {
  const tracks = new Map<string, Track>();
  let lookedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> = Promise.resolve();
  let closed = false;
  let measuredOnce = false;

  async function measure(): Promise<void> {
    const running = await listCampaigns(sql, { state: "running", limit: mostCampaigns });
    const at = performance.now();
    for (const { id, route, counts } of running) {
      const done = doneCount(progressOf(counts));
      const track = tracks.get(id) ?? { route, samples: [], movedAt: at };
      if (track.samples.at(-1)?.done !== done) track.movedAt = at;
      track.samples.push({ at, done });
      // One older than the span stays, so that the span is covered.
      while ((track.samples[1]?.at ?? Infinity) <= at - spanMs) track.samples.shift();
      tracks.set(id, track);
    }
    measuredOnce = true;
    const ids = new Set(running.map(({ id }) => id));
    for (const id of tracks.keys()) if (!ids.has(id)) tracks.delete(id);
  }

  function schedule(afterMs: number): void {
    timer = setTimeout(() => {
      timer = undefined;
      if (performance.now() - lookedAt > lookedAtForMs) {
        tracks.clear();
        measuredOnce = false;
        return;
      }
      measuring = measure()
        .catch((err) => log.warn({ err }, "the pace of the campaigns could not be measured"))
        .then(() => {
          if (!closed) schedule(everyMs);
        });
    }, afterMs);
    timer.unref();
  }

  function paceOf(campaignId: string): Pace | null {
    const track = tracks.get(campaignId);
    const first = track?.samples[0];
    const last = track?.samples.at(-1);
    if (!track || !first || !last || last.at === first.at) return null;
    // A retry puts messages back, so the count may fall for a moment.
    const perSecond = Math.max(0, ((last.done - first.done) * 1_000) / (last.at - first.at));
    return { perSecond, standingMs: performance.now() - track.movedAt };
  }

  return {
    paceOf,
    rateOfRoute(route) {
      let rate: number | null = measuredOnce ? 0 : null;
      for (const [id, track] of tracks) {
        if (track.route === route) rate = (rate ?? 0) + (paceOf(id)?.perSecond ?? 0);
      }
      return rate;
    },
    look() {
      const slept = performance.now() - lookedAt > lookedAtForMs;
      lookedAt = performance.now();
      if (timer === undefined && slept && !closed) schedule(0);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await measuring;
    },
  };
}
