import { type JobsOptions, Queue } from "bullmq";
import { z } from "zod";
import type { RedisConnections } from "../connection.ts";
import { defaultPrefix, eventQueueName } from "../names.ts";

/** The id of one event. What it says, and to whom it happened, stands in the ledger. */
export const eventJobSchema = z.strictObject({ id: z.uuid() });
export type EventJob = z.infer<typeof eventJobSchema>;

/** Jobs by what they do. */
export interface EventQueueDepth {
  waiting: number;
  active: number;
  /** Failed once or more; they wait for their next attempt. */
  delayed: number;
}

/** The events on their way to one place, from the feeding side. */
export interface EventQueue {
  /**
   * One job for each id, in this order. One that waits or is in hand is not put twice; one that waits for its next attempt
   * is due at once.
   */
  add(ids: readonly string[]): Promise<void>;
  depth(): Promise<EventQueueDepth>;
  /** Lets the one whose next attempt comes first be tried now, or all of them. */
  hurry(which: "one" | "all"): Promise<void>;
  /** Takes out all that is not in hand. */
  clear(): Promise<void>;
  /** The BullMQ queue, for Bull Board. */
  readonly queue: Queue<EventJob>;
  close(): Promise<void>;
}

export function openEventQueue({
  connections,
  endpoint,
  prefix = defaultPrefix,
  onError = () => {},
}: {
  connections: RedisConnections;
  /** `*` or a route. */
  endpoint: string;
  prefix?: string;
  onError?: (error: Error) => void;
}): EventQueue {
  const queue = new Queue<EventJob>(eventQueueName(endpoint), {
    connection: connections.shared,
    prefix,
    // Nobody reads the event stream; BullMQ can't leave it out, only keep it short.
    streams: { events: { maxLen: 1 } },
  });
  queue.on("error", onError);
  return {
    queue,
    async add(ids) {
      const jobs = ids.map((id) => ({ name: "tell", data: eventJobSchema.parse({ id }), opts: eventJobOptions(id) }));
      if (jobs.length > 0) await queue.addBulk(jobs);
    },
    async depth() {
      const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts("waiting", "active", "delayed");
      return { waiting, active, delayed };
    },
    async hurry(which) {
      if (which === "all") return await queue.promoteJobs();
      const [next] = await queue.getDelayed(0, 0);
      // It may have become due in this moment.
      await next?.promote().catch(() => {});
    },
    clear: () => queue.drain(true),
    close: () => queue.close(),
  };
}

/**
 * The job's own id is new each time, because BullMQ refuses one that still stands among the finished ones. What refuses a
 * repeat is the deduplication: its key goes when the job is through, for good or bad, and `replace` lets a job that waits for
 * its next attempt be taken at once when it is put again.
 */
function eventJobOptions(id: string): JobsOptions {
  return {
    jobId: `${id}.${nextSuffix()}`,
    deduplication: { id, replace: true },
    // The ledger says when it is given up.
    attempts: 1_000_000_000,
    backoff: { type: "as-the-error-says" },
    removeOnComplete: { count: 200 },
    removeOnFail: { count: 1_000 },
    stackTraceLimit: 1,
    keepLogs: 0,
  };
}

const start = (Date.now() * 1_000 + Math.floor(Math.random() * 1_000)).toString(36);
let added = 0;

function nextSuffix(): string {
  return `${start}${(added++).toString(36)}`;
}
