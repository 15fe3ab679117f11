import type { Sql } from "../connection/connect-ledger.ts";
import { storable } from "../text/storable.ts";
import type { CapabilityRow } from "./known-capabilities.ts";

/** Keeps answers of the carrier, the newer in place of the older; the first capable number proves the route's check. */
export async function recordCapabilities(
  sql: Sql,
  { route, answers }: { route: string; answers: readonly CapabilityRow[] },
): Promise<void> {
  // One INSERT can't meet a row twice; the last answer of a number counts.
  const rows = [...new Map(answers.map((answer) => [answer.recipient, answer])).values()];
  if (rows.length === 0) return;
  await sql`
    with proof as (
      insert into capability_proof (route) select ${route} where ${rows.some(({ capable }) => capable)}
      on conflict (route) do nothing
    )
    insert into capability as known (route, recipient, capable, said, checked_at)
    select ${route}, * from unnest(
      ${rows.map(({ recipient }) => recipient)}::text[],
      ${rows.map(({ capable }) => String(capable))}::text[]::boolean[],
      ${rows.map(({ said }) => storable(said))}::text[],
      ${rows.map(({ checkedAt }) => checkedAt.toISOString())}::timestamptz[]
    ) as given (recipient, capable, said, checked_at)
    order by recipient
    on conflict (route, recipient) do update
      set capable = excluded.capable, said = excluded.said, checked_at = excluded.checked_at
      where known.checked_at < excluded.checked_at`;
}

/** Whether a number of the route was ever found capable. */
export async function isCapabilityProven(sql: Sql, { route }: { route: string }): Promise<boolean> {
  const found = await sql`select 1 from capability_proof where route = ${route}`;
  return found.length > 0;
}
