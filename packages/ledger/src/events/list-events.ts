import type { EventType } from "@hikyaku/core";
import { validate } from "uuid";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstIdOf, lastId } from "../connection/new-id.ts";
import { eventColumns } from "./event-columns.ts";
import type { EventFacts, EventRow, EventState } from "./event-row.ts";
import { loadEvents } from "./load-events.ts";

/** Which events are meant; several fields narrow each other. */
export interface EventFilter {
  routes?: readonly string[];
  state?: EventState;
  type?: EventType;
  messageId?: string;
  /** Only what was written at or after this moment. */
  since?: Date;
}

/** Newest first; `before` is the last id of the page before. */
export async function listEvents(
  sql: Sql,
  { limit, before, ...filter }: EventFilter & { limit: number; before?: string },
): Promise<EventRow[]> {
  return await sql<EventRow[]>`
    select ${eventColumns(sql)} from event
    where id < ${before ?? lastId}::uuid ${eventCondition(sql, filter)}
    order by id desc
    limit ${limit}`;
}

/** The part of a WHERE that a filter makes; each filter only where it is given, so that the planner can take the index that fits. */
export function eventCondition(sql: Sql, { routes, state, type, messageId, since }: EventFilter) {
  const ofState =
    state === undefined
      ? sql``
      : {
          pending: sql`and feed_at is not null`,
          delivered: sql`and delivered_at is not null`,
          failed: sql`and failed_at is not null`,
        }[state];
  return sql`
    ${ofState}
    ${since === undefined ? sql`` : sql`and id >= ${firstIdOf(since.getTime())}::uuid`}
    ${routes === undefined ? sql`` : sql`and route = any(${routes as string[]}::text[])`}
    ${type === undefined ? sql`` : sql`and type = ${type}`}
    ${messageId === undefined ? sql`` : sql`and message_id = ${messageId}`}`;
}

/** One event with what its body says; null when there is none. */
export async function findEvent(sql: Sql, { id }: { id: string }): Promise<EventFacts | null> {
  if (!validate(id)) return null;
  const [event] = await loadEvents(sql, { ids: [id], isOver: true });
  return event ?? null;
}
