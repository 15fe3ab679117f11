import type { MessageState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";

/** A message whose status is to be asked. */
export interface DueCheck {
  id: string;
  /** Null when the carrier accepted it without naming an id: it can't be asked, only closed in the end. */
  providerMessageId: string | null;
  channel: string | null;
  sendMode: string | null;
  acceptedAt: Date | null;
  /** This check counted. */
  checks: number;
  state: MessageState;
}

/** Messages whose check is due, the longest waiting first. Taking one puts its next check `leaseMs` off. */
export async function takeDueChecks(
  sql: Sql,
  { route, limit, leaseMs }: { route: string; limit: number; leaseMs: number },
): Promise<DueCheck[]> {
  return await sql<DueCheck[]>`
    update message set
      next_check_at = now() + ${leaseMs} * interval '1 millisecond',
      checks = least(checks + 1, 32767)
    where id in (
      select id from message
      where route = ${route} and next_check_at <= now()
      order by next_check_at
      limit ${limit}
      for no key update skip locked
    )
    returning id, provider_message_id, channel, send_mode, accepted_at, checks, state`;
}
