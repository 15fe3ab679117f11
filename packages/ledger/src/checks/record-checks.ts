import { canMove, isFinal, type ReceiptState } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { foldReports, type MessageProgress } from "../receipts/fold-reports.ts";
import { type ProgressWrite, writeProgress } from "../receipts/write-progress.ts";
import { storableTime, storableWait } from "../text/storable.ts";

/** What asking for the status of one message came to. */
export type CheckResult =
  | {
      messageId: string;
      answer: "state";
      state: ReceiptState | "pending";
      /** The event's own time; null when the carrier doesn't say. */
      at: Date | null;
      rawStatus: string;
      /** Of a state without delivery: why. */
      reason?: string | null;
      /** The channel the answer names; set where the message has none. */
      channel?: string | null;
      /** While the state is not final: when to ask again, from now. Without it the check taken stays as it was put off. */
      nextCheckInMs?: number | null;
    }
  /** No new state: ask again. */
  | { messageId: string; answer: "none"; nextCheckInMs: number; channel?: string | null }
  /** Nobody will ever know: the message ends as `expired`. */
  | { messageId: string; answer: "expire"; reason: string };

/**
 * Writes what status checks learnt. A state moves the message as a receipt would and never back; `expire` ends only a
 * message that is `accepted` or `sent`. Answers how many messages moved.
 */
export async function recordChecks(sql: Sql, results: readonly CheckResult[]): Promise<{ moved: number }> {
  if (results.length === 0) return { moved: 0 };
  const moved = await sql.begin((transaction) => recordChecksIn(transaction, results));
  return { moved: moved.length };
}

/** The same within a transaction, for what must stand or fall with it. Answers the id of a message for each move. */
export async function recordChecksIn(transaction: Queryable, results: readonly CheckResult[]): Promise<string[]> {
  const { messages, now } = await lockMessages(transaction, results);
  const writes: ProgressWrite[] = [];
  const moved: string[] = [];
  for (const result of results) {
    const message = messages.get(result.messageId);
    if (!message) continue;
    const progress = follow(message, result, now);
    if (progress.state !== message.state) moved.push(message.id);
    Object.assign(message, progress, { nextCheckAt: nextCheck({ ...message, ...progress }, result, now) });
    const channel = result.answer === "expire" ? null : (result.channel ?? null);
    const { id, nextCheckAt, hasFallback } = message;
    writes.push({ id, progress, providerMessageId: null, channel, nextCheckAt, hasFallback });
  }
  await writeProgress(transaction, [...new Map(writes.map((write) => [write.id, write])).values()]);
  return moved;
}

interface CheckedMessage extends MessageProgress {
  id: string;
  nextCheckAt: Date | null;
  hasFallback: boolean;
}

async function lockMessages(transaction: Queryable, results: readonly CheckResult[]) {
  const rows = await transaction<(CheckedMessage & { now: Date })[]>`
    select id, state, accepted_at, sent_at, delivered_at, displayed_at, ended_at, next_check_at, reason,
           fallback_after_ms is not null as has_fallback, now() as now
    from message
    where id = any(${results.map((result) => result.messageId)}::uuid[])
    order by id
    for no key update`;
  return { messages: new Map(rows.map((row) => [row.id, row])), now: rows[0]?.now ?? new Date() };
}

function follow(message: CheckedMessage, result: CheckResult, now: Date): MessageProgress {
  switch (result.answer) {
    case "state":
      return foldReports(message, [
        { state: result.state, at: storableTime(result.at) ?? now, reason: result.reason ?? null },
      ]).progress;
    case "expire":
      if (message.acceptedAt === null || !canMove(message.state, "expired")) return message;
      return { ...message, state: "expired", endedAt: now, reason: result.reason };
    case "none":
      return message;
    default:
      throw result satisfies never;
  }
}

function nextCheck(message: CheckedMessage, result: CheckResult, now: Date): Date | null {
  if (isFinal(message.state) || result.answer === "expire") return null;
  const waitMs = storableWait(result.nextCheckInMs);
  return waitMs === null ? message.nextCheckAt : new Date(now.getTime() + waitMs);
}
