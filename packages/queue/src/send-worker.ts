import { setTimeout as delay } from "node:timers/promises";
import { type Job, Worker } from "bullmq";
import type { RedisConnections } from "./connection.ts";
import { defaultPrefix, type Lane, sendQueueName } from "./names.ts";
import { type SendJob, sendJobSchema } from "./send-job.ts";

export interface SendWorkerOptions {
  connections: RedisConnections;
  route: string;
  lane: Lane;
  /** Jobs in hand at a time in this process. Waiting for permits counts, so: a few more than can be in flight. */
  concurrency: number;
  /**
   * Carries out one job. The ledger decides what becomes of each message, so a job that was handed out twice (its first
   * holder stalled) must come to nothing by the claim. `signal` is aborted when `close` runs out of time.
   */
  handle(job: SendJob, signal: AbortSignal): Promise<void>;
  /** Default `hikyaku`. */
  prefix?: string;
  /** Begin at once (default), or at `resume()`. */
  autorun?: boolean;
  onError?(error: Error): void;
}

export interface SendWorker {
  /** Takes no further job. Those in hand go on; resolves when they are through. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Jobs in hand at a time from now on. */
  setConcurrency(jobs: number): void;
  /** Jobs in hand. */
  active(): number;
  /**
   * Takes nothing new, waits up to `deadlineMs` for the jobs in hand, then aborts their signal and waits another second.
   * What is still not done is left to other workers, who get it within `healsWithinMs`. Never takes longer than 3 s more
   * than the deadline, also without Redis.
   */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * The longest that a dead process keeps its jobs: its lock runs out, and the next check puts them back. Without load
 * 2 to 4.2 s. Renewal every 500 ms to 1 s also survives an event loop that stands still for two seconds.
 */
export const healsWithinMs = 4_500;

const lockDurationMs = 3_000;
const stalledCheckMs = 1_200;

export function openSendWorker(options: SendWorkerOptions): SendWorker {
  const { connections, route, lane, concurrency, handle, prefix = defaultPrefix, onError = () => {} } = options;
  const deadline = new AbortController();
  const inHand = new Set<Promise<void>>();

  const worker = new Worker<SendJob, void>(
    sendQueueName(route, lane),
    // One parameter: with three, BullMQ would make an AbortController for each job.
    (job: Job<SendJob>) => {
      const done = handle(sendJobSchema.parse(job.data), deadline.signal);
      inHand.add(done);
      return done.finally(() => inHand.delete(done));
    },
    {
      connection: connections.shared,
      prefix,
      concurrency,
      autorun: options.autorun ?? true,
      lockDuration: lockDurationMs,
      lockRenewTime: 1_000,
      stalledInterval: stalledCheckMs,
      // A stall is never the job's failure: the ledger decides.
      maxStalledCount: 1_000_000_000,
      // How long one blocking wait for jobs lasts; a job that comes in ends it at once.
      drainDelay: 2,
      // BullMQ's 15 s would leave a route standing that long after Redis is back.
      runRetryDelay: 500,
    },
  );
  worker.on("error", onError);

  let closing: Promise<void> | undefined;
  return {
    async pause() {
      // Not `pause(true)`: that would still take the job that ends a blocking wait.
      await worker.pause();
    },
    async resume() {
      await worker.resume();
    },
    setConcurrency(jobs) {
      worker.concurrency = jobs;
    },
    active: () => inHand.size,
    close(deadlineMs = 10_000) {
      closing ??= (async () => {
        const paused = worker.pause();
        await settled(inHand, deadlineMs);
        deadline.abort(new Error("The worker is closing"));
        const finished = await settled(inHand, 1_000);
        const closed = (async () => {
          if (finished) await paused;
          await worker.close(!finished);
        })().catch(onError);
        // Without Redis, BullMQ waits for answers that will not come; closing the connections ends that.
        await Promise.race([closed, delay(2_000, undefined, { ref: false })]);
      })();
      return closing;
    },
  };
}

/** Whether all promises of the set (and those added meanwhile) settled in time. */
async function settled(set: ReadonlySet<Promise<unknown>>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, withinMs, "late");
  });
  try {
    while (set.size > 0) {
      if ((await Promise.race([Promise.allSettled(set), late])) === "late") return false;
    }
    return true;
  } finally {
    clearTimeout(timer);
  }
}
