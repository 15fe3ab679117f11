import { createArrivalLog } from "./arrival-log.ts";

/** What a gateway saw, as numbers. Seconds and windows are of real time, whatever the simulated clock says. */
export interface TrafficReport {
  /** Every request, refused ones and status checks included. */
  readonly requests: number;
  readonly sends: number;
  readonly statusChecks: number;
  readonly capabilityChecks: number;
  readonly subscriberLists: number;
  readonly accepted: number;
  /** Answers by HTTP status; `closed` = socket cut by the gateway, `gone` = the client left before its answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** Most arrivals in any window of 1,000 ms. */
  readonly worstSecond: { readonly requests: number; readonly accepted: number };
  /** Most requests open at the same time, the ones refused for it included. */
  readonly peakConcurrency: number;
  /** Requests over the limits, each answered 503. */
  readonly overTps: number;
  readonly overConcurrency: number;
  /** Accepted per second of real time; index 0 is the second that begins with the first accepted message. */
  readonly acceptedPerSecond: readonly number[];
  /** From the first accepted message to the last. */
  readonly acceptedSpanMs: number;
}

export interface Traffic {
  arrived(atMs: number, openRequests: number): void;
  named(kind: "sends" | "statusChecks" | "capabilityChecks" | "subscriberLists"): void;
  accepted(arrivedAtMs: number): void;
  answered(answer: number | "closed" | "gone"): void;
  overTps(): void;
  overConcurrency(): void;
  report(): TrafficReport;
}

export function createTraffic(): Traffic {
  const requests = createArrivalLog();
  const accepted = createArrivalLog();
  const answers = new Map<number | string, number>();
  const kinds = { sends: 0, statusChecks: 0, capabilityChecks: 0, subscriberLists: 0 };
  const series: number[] = [];
  let seriesStart = Number.NaN;
  let peakConcurrency = 0;
  let overTps = 0;
  let overConcurrency = 0;

  return {
    arrived(atMs, openRequests) {
      requests.add(atMs);
      if (openRequests > peakConcurrency) peakConcurrency = openRequests;
    },
    named(kind) {
      kinds[kind]++;
    },
    accepted(arrivedAtMs) {
      accepted.add(arrivedAtMs);
      if (Number.isNaN(seriesStart)) seriesStart = arrivedAtMs;
      const second = Math.max(0, Math.floor((arrivedAtMs - seriesStart) / 1000));
      while (series.length <= second) series.push(0);
      series[second] = (series[second] ?? 0) + 1;
    },
    answered(answer) {
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    },
    overTps() {
      overTps++;
    },
    overConcurrency() {
      overConcurrency++;
    },
    report: () => ({
      requests: requests.count(),
      ...kinds,
      accepted: accepted.count(),
      answers: Object.fromEntries([...answers].map(([answer, count]) => [String(answer), count])),
      worstSecond: { requests: requests.worstSecond(), accepted: accepted.worstSecond() },
      peakConcurrency,
      overTps,
      overConcurrency,
      acceptedPerSecond: [...series],
      acceptedSpanMs: (accepted.last() ?? 0) - (accepted.first() ?? 0),
    }),
  };
}
