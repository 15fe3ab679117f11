import type { Queryable } from "../connection/connect-ledger.ts";
import type { MessageRow } from "../messages/message-row.ts";

/**
 * The `fallback_at` of a first leg that is to be decided about at once. Before every deadline: those may wait by the thousand for the
 * carrier to be asked, and what needs no asking must not wait behind them.
 */
export function atOnce(sql: Queryable) {
  return sql`'epoch'::timestamptz`;
}

/** The moment to show people: at once is none, it is over before they look again. */
export function plannedFallbackAt({ fallbackAt }: Pick<MessageRow, "fallbackAt">): Date | null {
  return fallbackAt !== null && fallbackAt.getTime() > 0 ? fallbackAt : null;
}
