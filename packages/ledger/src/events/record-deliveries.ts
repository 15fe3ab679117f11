import type { Sql } from "../connection/connect-ledger.ts";
import { storable } from "../text/storable.ts";

/** What one attempt to tell an event came to. */
export interface DeliveryResult {
  id: string;
  /** `retry` after `retryInMs`; `gave-up` until somebody asks for it again. */
  outcome: "delivered" | "retry" | "gave-up";
  retryInMs?: number;
  httpStatus: number | null;
  error: string | null;
}

/**
 * Writes what came of attempts. An event that is over already stays as it is; its repetition is nothing but one. A job that
 * is lost while it waits for `retryInMs` is made again `leaseMs` later.
 */
export async function recordDeliveries(
  sql: Sql,
  { results, leaseMs }: { results: readonly DeliveryResult[]; leaseMs: number },
): Promise<void> {
  const sorted = [...results].sort((a, b) => (a.id < b.id ? -1 : 1));
  const column = <T>(pick: (result: DeliveryResult) => T) => sorted.map(pick);
  await sql`
    update event set
      attempts = attempts + 1,
      last_attempt_at = now(),
      http_status = result.http_status,
      error = result.error,
      delivered_at = case when result.outcome = 'delivered' then now() end,
      failed_at = case when result.outcome = 'gave-up' then now() end,
      due_at = case when result.outcome = 'retry' then now() + result.retry_in_ms * interval '1 millisecond' end,
      feed_at = case when result.outcome = 'retry'
                     then now() + (result.retry_in_ms + ${leaseMs}::float8) * interval '1 millisecond' end
    from unnest(
      ${column((r) => r.id)}::uuid[],
      ${column((r) => r.outcome)}::text[],
      ${column((r) => r.retryInMs ?? 0)}::float8[],
      ${column((r) => r.httpStatus)}::smallint[],
      ${column((r) => storable(r.error))}::text[]
    ) as result (id, outcome, retry_in_ms, http_status, error)
    where event.id = result.id and event.feed_at is not null`;
}
