import type { Sql } from "../connection/connect-ledger.ts";

/**
 * - `fresh`: the copy was read after `since`.
 * - `asking`: it was asked for and is still being read; ask again in a moment.
 * - `unread`: the carrier gave no answer, or nobody read it within `patienceMs`; the copy is the last word there is.
 */
export type AccountFreshness = "fresh" | "asking" | "unread";

/** Neither a copy nor a failed attempt that is older says how things are now, even when `since` is long ago. */
const goodForMs = 60_000;

/** Sees to it that a route's copy of the carrier's account is read after `since`, once, by whichever process reads it. */
export async function freshAccount(
  sql: Sql,
  { route, since, patienceMs }: { route: string; since: Date; patienceMs: number },
): Promise<AccountFreshness> {
  const freshness = sql`
    case
      when account.tried_at >= ${since} and account.refreshed_at >= account.tried_at
        and account.refreshed_at > now() - ${goodForMs} * interval '1 millisecond' then 'fresh'
      -- It is being read for somebody else, and is new enough for this one, too.
      when account.tried_at >= ${since} and account.taken_until > now()
        and account.tried_at > now() - ${patienceMs} * interval '1 millisecond' then 'asking'
      when account.tried_at >= ${since} and account.taken_until > now() then 'unread'
      when account.asked_at < ${since} or account.asked_at < now() - ${goodForMs} * interval '1 millisecond' then 'stale'
      when account.tried_at > account.asked_at and account.taken_until is null and account.error is not null then 'unread'
      when account.asked_at < now() - ${patienceMs} * interval '1 millisecond' then 'unread'
      when account.asked_at is not null then 'asking'
      else 'stale'
    end`;
  const [account] = await sql<{ freshness: AccountFreshness | "stale" }[]>`
    select ${freshness} as freshness from carrier_account as account where route = ${route}`;
  if (account && account.freshness !== "stale") return account.freshness;
  // Whoever asks at the same time finds it asked for: the carrier is not asked twice for one start.
  await sql`
    insert into carrier_account as account (route, asked_at) values (${route}, now())
    on conflict (route) do update set asked_at = now() where ${freshness} = 'stale'`;
  return "asking";
}
