import type { Sql } from "../connection/connect-ledger.ts";
import { askRefresh } from "./refresh-account.ts";

/**
 * - `fresh`: the copy was read after `since`.
 * - `asking`: it was asked for and is still being read; ask again in a moment.
 * - `unread`: the carrier gave no answer, or nobody read it within `patienceMs`; the copy is the last word there is.
 */
export type AccountFreshness = "fresh" | "asking" | "unread";

/** Neither a copy nor a failed attempt that is older says how things are now, even when `since` is long ago. */
const goodForMs = 60_000;

/** Sees to it that a route's copy of the carrier's account is read after `since`, by whichever process reads it. */
export async function freshAccount(
  sql: Sql,
  { route, since, patienceMs }: { route: string; since: Date; patienceMs: number },
): Promise<AccountFreshness> {
  const [account] = await sql<{ freshness: AccountFreshness | "stale" }[]>`
    select case
      when tried_at >= ${since} and refreshed_at >= tried_at
        and refreshed_at > now() - ${goodForMs} * interval '1 millisecond' then 'fresh'
      when asked_at < ${since} or asked_at < now() - ${goodForMs} * interval '1 millisecond' then 'stale'
      when tried_at > asked_at and taken_until is null and error is not null then 'unread'
      when asked_at < now() - ${patienceMs} * interval '1 millisecond' then 'unread'
      when asked_at is not null then 'asking'
      else 'stale'
    end as freshness
    from carrier_account where route = ${route}`;
  const freshness = account?.freshness ?? "stale";
  if (freshness !== "stale") return freshness;
  await askRefresh(sql, { route });
  return "asking";
}
