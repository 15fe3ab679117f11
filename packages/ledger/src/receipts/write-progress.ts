import type { Queryable } from "../connection/connect-ledger.ts";
import { atOnce } from "../fallback/at-once.ts";
import { stopSecondLegs } from "../fallback/stop-second-legs.ts";
import { storable } from "../text/storable.ts";
import type { MessageProgress } from "./fold-reports.ts";

/** A locked message and where reports have brought it. */
export interface ProgressWrite {
  id: string;
  progress: MessageProgress;
  /** Set where it was missing. */
  providerMessageId: string | null;
  /** Set where it was missing. */
  channel: string | null;
  /** When the next status check is owed; null = none. */
  nextCheckAt: Date | null;
  /** Whether a second leg may follow it, or does. */
  hasFallback: boolean;
}

/** Writes progress to messages that the transaction has locked. Proof that a first leg arrived stops its second. */
export async function writeProgress(transaction: Queryable, writes: readonly ProgressWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const sorted = [...writes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const column = <T>(pick: (write: ProgressWrite) => T) => sorted.map(pick);
  const time = (pick: (write: ProgressWrite) => Date | null) => column((write) => pick(write)?.toISOString() ?? null);
  await transaction`
    update message set
      state = write.state, accepted_at = write.accepted_at, sent_at = write.sent_at, delivered_at = write.delivered_at,
      displayed_at = write.displayed_at, ended_at = write.ended_at, next_check_at = write.next_check_at,
      unknown_at = case when write.state = 'unknown' then message.unknown_at end,
      provider_message_id = coalesce(message.provider_message_id, write.provider_message_id),
      channel = coalesce(message.channel, write.channel), reason = write.reason,
      fallback_at = case
        when message.fallback_after_ms is null or write.state in ('delivered', 'displayed') then null
        -- Perhaps only learnt now: an SMS is not followed by another.
        when coalesce(message.channel, write.channel) = 'sms' then null
        -- Something ended the first leg: to be decided at once.
        when write.state in ('failed', 'revoked') and message.state <> write.state then ${atOnce(transaction)}
        when message.accepted_at is null then write.accepted_at + message.fallback_after_ms * interval '1 millisecond'
        else message.fallback_at end
    from unnest(
      ${column((w) => w.id)}::uuid[],
      ${column((w) => w.progress.state)}::message_state[],
      ${time((w) => w.progress.acceptedAt)}::timestamptz[],
      ${time((w) => w.progress.sentAt)}::timestamptz[],
      ${time((w) => w.progress.deliveredAt)}::timestamptz[],
      ${time((w) => w.progress.displayedAt)}::timestamptz[],
      ${time((w) => w.progress.endedAt)}::timestamptz[],
      ${time((w) => w.nextCheckAt)}::timestamptz[],
      ${column((w) => w.providerMessageId)}::text[],
      ${column((w) => storable(w.channel))}::text[],
      ${column((w) => storable(w.progress.reason))}::text[]
    ) as write (id, state, accepted_at, sent_at, delivered_at, displayed_at, ended_at, next_check_at,
                provider_message_id, channel, reason)
    where message.id = write.id`;
  const arrived = sorted.filter(({ hasFallback, progress }) => hasFallback && progress.deliveredAt !== null);
  if (arrived.length > 0) await stopSecondLegs(transaction, { firstLegs: arrived.map(({ id }) => id) });
}
