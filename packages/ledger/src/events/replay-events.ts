import type { Sql } from "../connection/connect-ledger.ts";
import { firstId } from "../connection/new-id.ts";
import { type EventFilter, eventCondition } from "./list-events.ts";

/** These, or those a filter finds; the filter must name a state, so that nobody replays everything by an oversight. */
export type EventSelection = { ids: readonly string[] } | (EventFilter & Required<Pick<EventFilter, "state">>);

const batchSize = 5_000;

/**
 * Tells events once more, from the beginning of their retries; they keep their ids. Those that are not over are due at once.
 * Answers how many. In batches, so that nobody waits for long; cut off and called again it does the rest.
 */
export async function replayEvents(sql: Sql, selection: EventSelection): Promise<number> {
  let replayed = 0;
  let after = firstId;
  const condition =
    "ids" in selection ? sql`and id = any(${selection.ids as string[]}::uuid[])` : eventCondition(sql, selection);
  for (;;) {
    const batch = await sql<{ id: string }[]>`
      update event set
        feed_at = now(), due_at = now(), asked_at = now(), delivered_at = null, failed_at = null, attempts = 0
      where id in (
        select id from event where id > ${after}::uuid ${condition} order by id limit ${batchSize} for update
      )
      returning id`;
    replayed += batch.length;
    if (batch.length < batchSize) return replayed;
    after = batch
      .map(({ id }) => id)
      .sort()
      .at(-1) as string;
  }
}
