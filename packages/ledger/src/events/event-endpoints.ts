import { createHash } from "node:crypto";
import type { Sql } from "../connection/connect-ledger.ts";
import { storable } from "../text/storable.ts";

/** How a place that events go to is doing. */
export interface EndpointRow {
  /** `*` for the one of the whole configuration, else the route's name. */
  name: string;
  /** Since when it has taken nothing; null while it works. */
  failingSince: Date | null;
  lastError: string | null;
  /** Nothing is sent to it until somebody enables it again. */
  disabledAt: Date | null;
}

/** Makes an endpoint known. With another URL than before it begins anew, whatever became of the old one. */
export async function openEndpoint(sql: Sql, { name, url }: { name: string; url: string }): Promise<EndpointRow> {
  const hash = createHash("sha256").update(url).digest();
  const [row] = await sql<EndpointRow[]>`
    insert into event_endpoint as known (name, url_hash) values (${name}, ${hash})
    on conflict (name) do update set
      failing_since = case when known.url_hash = excluded.url_hash then known.failing_since end,
      last_error = case when known.url_hash = excluded.url_hash then known.last_error end,
      disabled_at = case when known.url_hash = excluded.url_hash then known.disabled_at end,
      url_hash = excluded.url_hash
    returning name, failing_since, last_error, disabled_at`;
  if (!row) throw new Error(`the endpoint ${name} was deleted at the same moment`);
  return row;
}

/** Null when no running system has opened it. */
export async function findEndpoint(sql: Sql, { name }: { name: string }): Promise<EndpointRow | null> {
  const [row] = await sql<EndpointRow[]>`
    select name, failing_since, last_error, disabled_at from event_endpoint where name = ${name}`;
  return row ?? null;
}

/** Every endpoint that a running system has opened, by name. */
export async function listEndpoints(sql: Sql): Promise<EndpointRow[]> {
  return await sql<EndpointRow[]>`
    select name, failing_since, last_error, disabled_at from event_endpoint order by name`;
}

/**
 * An attempt failed. Gives the endpoint up when it has failed for longer than `disableAfterMs`, or at once with
 * `disableNow`; `isNewlyDisabled` says that this call did it.
 */
export async function noteEndpointFailure(
  sql: Sql,
  input: { name: string; error: string; disableAfterMs: number; disableNow: boolean },
): Promise<(EndpointRow & { isNewlyDisabled: boolean }) | null> {
  const [row] = await sql<(EndpointRow & { isNewlyDisabled: boolean })[]>`
    with before as materialized (
      select name, disabled_at from event_endpoint where name = ${input.name} for update
    )
    update event_endpoint as endpoint set
      failing_since = coalesce(failing_since, now()),
      last_error = ${storable(input.error)},
      disabled_at = coalesce(endpoint.disabled_at, case
        when ${input.disableNow} or failing_since < now() - ${input.disableAfterMs}::float8 * interval '1 millisecond'
        then now() end)
    from before
    where endpoint.name = before.name
    returning endpoint.name, failing_since, last_error, endpoint.disabled_at,
              before.disabled_at is null and endpoint.disabled_at is not null as is_newly_disabled`;
  return row ?? null;
}

/** It took something: whatever was wrong is over. One that was given up stays so until somebody enables it. */
export async function noteEndpointSuccess(sql: Sql, { name }: { name: string }): Promise<void> {
  await sql`update event_endpoint set failing_since = null where name = ${name} and failing_since is not null`;
}

/** Lets events go to it again. False when there is no such endpoint. */
export async function enableEndpoint(sql: Sql, { name }: { name: string }): Promise<boolean> {
  const { count } = await sql`
    update event_endpoint set disabled_at = null, failing_since = null where name = ${name}`;
  return count > 0;
}
