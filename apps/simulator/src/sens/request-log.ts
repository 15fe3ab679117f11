import { createArrivalLog } from "../arrival-log.ts";
import type { Answer } from "./answer.ts";

export interface SeenRequest {
  readonly method: string;
  /** As it came over the wire. */
  readonly target: string;
  /** `cut`: the socket was closed without an answer. */
  readonly status: number | "cut";
  readonly atMs: number;
}

/** Requests as numbers, and the last of them one by one. */
export interface RequestReport {
  readonly requests: number;
  readonly sends: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Most requests in any 1,000 ms, in real time. */
  readonly worstSecond: number;
  readonly peakConcurrency: number;
}

const kept = 10_000;

/** What came over the wire, for tests and demo to compare with. */
export function createRequestLog() {
  let seen: SeenRequest[] = [];
  let arrivals = createArrivalLog();
  let answers = new Map<string, number>();
  let sends = 0;
  let open = 0;
  let peak = 0;
  return {
    arrived(): void {
      arrivals.add(performance.now());
      peak = Math.max(peak, ++open);
    },
    left(): void {
      open--;
    },
    answered(method: string, target: string, answer: Answer, atMs: number): void {
      const status = answer.kind === "cut" ? "cut" : answer.kind === "answer" ? answer.status : answer.refusal.status;
      answers.set(String(status), (answers.get(String(status)) ?? 0) + 1);
      if (method === "POST") sends++;
      seen.push({ method, target, status, atMs });
      if (seen.length > 2 * kept) seen = seen.slice(-kept);
    },
    open: () => open,
    all: (): readonly SeenRequest[] => seen.slice(-kept),
    report: (): RequestReport => ({
      requests: arrivals.count(),
      sends,
      answers: Object.fromEntries(answers),
      worstSecond: arrivals.worstSecond(),
      peakConcurrency: peak,
    }),
    reset(): void {
      seen = [];
      arrivals = createArrivalLog();
      answers = new Map();
      sends = 0;
      peak = open;
    },
  };
}

export type RequestLog = ReturnType<typeof createRequestLog>;
