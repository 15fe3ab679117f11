import { createHash } from "node:crypto";
import type { JobsOptions } from "bullmq";
import { z } from "zod";

/**
 * Ids of messages of one campaign (named, so that the worker need not ask the ledger for its delivery window), or of one
 * single message. Never a number, a text or a secret.
 */
export const sendJobSchema = z.strictObject({
  campaignId: z.uuid().nullable(),
  ids: z.array(z.uuid()).min(1).max(1_000),
});

export type SendJob = z.infer<typeof sendJobSchema>;

/**
 * How a job of these ids is put into its queue. "Feeding twice is harmless" and "a message can be fed again" at once:
 *
 * - BullMQ ignores an `add` whose job id still exists, finished jobs included, so a job id made of the message id alone
 *   would refuse the retry of a message for as long as its first job is kept for Bull Board. Hence the id of the first
 *   message (to search by), the number of messages (read by `depth`), and something new each time.
 * - BullMQ's deduplication is what refuses a job that still waits. Its key goes when the job is taken off the queue by
 *   finishing, and a key whose job was lost is recognised as stale.
 * - `keepLastIfActive`: a message that its worker has just handed back to the ledger may be fed before that worker's
 *   job is through. Then it is not refused but runs once more, after it.
 */
export function sendJobOptions(ids: readonly string[]): JobsOptions {
  const [first = ""] = ids;
  return {
    jobId: `${first}.${ids.length}.${nextSuffix()}`,
    deduplication: { id: nameOf(ids), keepLastIfActive: true },
    // The ledger counts attempts; a job is only a hint to look there.
    attempts: 1,
    removeOnComplete: { count: 200 },
    removeOnFail: { count: 1_000 },
    stackTraceLimit: 1,
  };
}

/** Of all the ids: two jobs that share only some messages are different, and refusing one would lose the others. */
function nameOf(ids: readonly string[]): string {
  const [first = ""] = ids;
  return ids.length === 1 ? first : createHash("sha1").update(ids.join()).digest("base64url");
}

/** How many messages a job of this id carries; 1 for an id that is not ours. */
export function messageCountOf(jobId: string): number {
  return Number(/^[^.]+\.(\d+)\./.exec(jobId)?.[1] ?? 1);
}

const start = (Date.now() * 1_000 + Math.floor(Math.random() * 1_000)).toString(36);
let added = 0;

function nextSuffix(): string {
  return `${start}${(added++).toString(36)}`;
}
