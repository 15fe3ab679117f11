import type { MessageState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";

/** Makes known which states of messages are told, for each of these routes; those of other routes stay as they are. */
export async function subscribeEvents(
  sql: Sql,
  routes: readonly { route: string; states: readonly MessageState[] }[],
): Promise<void> {
  const wanted = routes.flatMap(({ route, states }) => states.map((state) => ({ route, state })));
  await sql`
    with wanted as materialized (
      select route, state from unnest(
        ${wanted.map(({ route }) => route)}::text[], ${wanted.map(({ state }) => state)}::message_state[]
      ) as given (route, state)
    ),
    unsubscribed as (
      delete from event_subscription
      where route = any(${routes.map(({ route }) => route)}::text[]) and (route, state) not in (select route, state from wanted)
    )
    insert into event_subscription (route, state)
    select distinct route, state from wanted order by route, state
    on conflict (route, state) do nothing`;
}
