import type { Sql } from "../connection/connect-ledger.ts";
import { storableWait } from "../text/storable.ts";

export interface PutOffCheck {
  id: string;
  /** When the carrier is asked again, from now; null = never. */
  nextCheckInMs: number | null;
}

/** Says when messages are asked about again that nothing was learnt of. One that moved on meanwhile keeps what it has. */
export async function putOffChecks(sql: Sql, checks: readonly PutOffCheck[]): Promise<void> {
  if (checks.length === 0) return;
  const sorted = [...checks].sort((a, b) => (a.id < b.id ? -1 : 1));
  await sql`
    update message set next_check_at = now() + put_off.next_check_in_ms * interval '1 millisecond'
    from unnest(
      ${sorted.map(({ id }) => id)}::uuid[], ${sorted.map((check) => storableWait(check.nextCheckInMs))}::float8[]
    ) as put_off (id, next_check_in_ms)
    where message.id = put_off.id and message.state in ('unknown', 'accepted', 'sent') and message.next_check_at is not null`;
}
