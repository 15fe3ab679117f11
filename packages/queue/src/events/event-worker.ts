import { setTimeout as delay } from "node:timers/promises";
import { type Job, Worker } from "bullmq";
import type { RedisConnections } from "../connection.ts";
import { defaultPrefix, eventQueueName } from "../names.ts";
import { type EventJob, eventJobSchema } from "./event-queue.ts";

/** Thrown by a handler: the event was not taken. Its message is what Bull Board shows. */
export class NotTakenError extends Error {
  readonly code = "NOT_TAKEN";
  /** When it is tried again; null when it is given up. */
  readonly retryInMs: number | null;
  constructor(reason: string, retryInMs: number | null) {
    super(reason);
    this.name = "NotTakenError";
    this.retryInMs = retryInMs;
  }
}

export interface EventWorker {
  /** Takes nothing new, waits up to `deadlineMs` for what is in hand; what is left is handed to others within seconds. */
  close(deadlineMs?: number): Promise<void>;
}

/** After a fault of our own (the ledger is away), not of the place. */
const ownFaultRetryMs = 5_000;
const lockDurationMs = 15_000;

/**
 * Carries out the jobs of one place. `handle` throws {@link NotTakenError} for an event that was not taken, and anything else
 * for a fault of our own; both come again. A job may be handed out twice when its holder stalls.
 */
export function openEventWorker(options: {
  connections: RedisConnections;
  /** `*` or a route. */
  endpoint: string;
  /** Jobs in hand at a time in this process. */
  concurrency: number;
  handle(id: string): Promise<void>;
  prefix?: string;
  onError?: (error: Error) => void;
}): EventWorker {
  const { connections, endpoint, concurrency, handle, prefix = defaultPrefix, onError = () => {} } = options;
  const worker = new Worker<EventJob, void>(
    eventQueueName(endpoint),
    (job: Job<EventJob>) => handle(eventJobSchema.parse(job.data).id),
    {
      connection: connections.shared,
      prefix,
      concurrency,
      lockDuration: lockDurationMs,
      maxStalledCount: 1_000_000_000,
      drainDelay: 2,
      runRetryDelay: 500,
      settings: {
        // -1: not again.
        backoffStrategy: (_made, _type, error) =>
          error instanceof NotTakenError ? (error.retryInMs ?? -1) : ownFaultRetryMs,
      },
    },
  );
  worker.on("error", onError);
  let closing: Promise<void> | undefined;
  return {
    close(deadlineMs = 10_000) {
      closing ??= (async () => {
        const closed = worker.close().catch(onError);
        const isInTime = await Promise.race([closed.then(() => true), delay(deadlineMs, false, { ref: false })]);
        if (isInTime) return;
        // Without Redis, BullMQ waits for answers that will not come; closing the connections ends that.
        await Promise.race([worker.close(true).catch(onError), delay(2_000, undefined, { ref: false })]);
      })();
      return closing;
    },
  };
}
