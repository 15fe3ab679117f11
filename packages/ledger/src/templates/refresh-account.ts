import type { Sql } from "../connection/connect-ledger.ts";
import { storable, storableJson, storableKey } from "../text/storable.ts";

/** When a route's copy of the carrier's account was read, and what came in the way. */
export interface CarrierAccountRow {
  route: string;
  askedAt: Date | null;
  triedAt: Date | null;
  refreshedAt: Date | null;
  /** Of the newest attempt; null when it went well. */
  error: string | null;
}

/** Null where no process that knows the route's carrier has looked at it yet. */
export async function findAccount(sql: Sql, { route }: { route: string }): Promise<CarrierAccountRow | null> {
  const [account] = await sql<CarrierAccountRow[]>`
    select route, asked_at, tried_at, refreshed_at, error from carrier_account where route = ${route}`;
  return account ?? null;
}

/** All of them, by route. */
export async function listAccounts(sql: Sql): Promise<CarrierAccountRow[]> {
  return await sql<CarrierAccountRow[]>`
    select route, asked_at, tried_at, refreshed_at, error from carrier_account order by route`;
}

/** Asks for a fresh copy and answers when that was: one whose reading began (`triedAt`) later is what was asked for. */
export async function askRefresh(sql: Sql, { route }: { route: string }): Promise<Date> {
  const [asked] = await sql<{ askedAt: Date }[]>`
    insert into carrier_account (route, asked_at) values (${route}, now())
    on conflict (route) do update set asked_at = now()
    returning asked_at`;
  if (!asked) throw new Error("an upsert answers its row");
  return asked.askedAt;
}

/** An attempt that failed is repeated after this time. */
const againMs = 60_000;

/**
 * The right to read the account: true for one of all callers, when somebody asked since the last attempt, or that is `everyMs` ago, or a
 * minute if it failed. The right ends with {@link recordAccount} or {@link noteAccountError}, or after `leaseMs`.
 */
export async function takeAccountRefresh(
  sql: Sql,
  { route, everyMs, leaseMs }: { route: string; everyMs: number; leaseMs: number },
): Promise<boolean> {
  const { count } = await sql`
    insert into carrier_account as account (route, tried_at, taken_until)
    values (${route}, now(), now() + ${leaseMs} * interval '1 millisecond')
    on conflict (route) do update set tried_at = excluded.tried_at, taken_until = excluded.taken_until
    where coalesce(account.taken_until < now(), true)
      and (account.tried_at is null or account.asked_at > account.tried_at
        or account.tried_at < now() - ${everyMs} * interval '1 millisecond'
        or (account.error is not null and account.tried_at < now() - ${againMs} * interval '1 millisecond'))`;
  return count > 0;
}

/** One template as it was read. */
export interface ReadTemplate {
  code: string;
  state: string;
  template: unknown;
}

export interface RecordedAccount {
  /** Codes that were not there before. */
  added: string[];
  /** Those whose state is another one now. */
  moved: { code: string; from: string; to: string }[];
  /** Those whose text, title or anything else is another one. */
  changed: string[];
  /** Those the account has no more. */
  removed: string[];
}

/** Puts what was read in the place of what was known, and answers what is new in it. */
export async function recordAccount(
  sql: Sql,
  {
    route,
    templates,
    channels,
  }: { route: string; templates: readonly ReadTemplate[]; channels: readonly { id: string; channel: unknown }[] },
): Promise<RecordedAccount> {
  // A code that comes twice counts once, the later one: one statement can't write a row twice.
  const byCode = new Map(templates.map((each) => [storableKey(each.code), each]));
  const codes = [...byCode.keys()];
  const states = [...byCode.values()].map(({ state }) => storable(state));
  const bodies = [...byCode.values()].map(({ template }) => JSON.stringify(storableJson(template)));
  const byId = new Map(channels.map((each) => [storableKey(each.id), each]));
  const ids = [...byId.keys()];
  const channelBodies = [...byId.values()].map(({ channel }) => JSON.stringify(storableJson(channel)));
  return await sql.begin(async (transaction) => {
    // Two that read at the same time (one was thought dead) write one after the other.
    await transaction`
      update carrier_account set refreshed_at = now(), taken_until = null, error = null where route = ${route}`;
    const before = await transaction<{ code: string; state: string }[]>`
      select code, state from carrier_template where route = ${route}`;
    const known = new Map(before.map(({ code, state }) => [code, state]));
    const written = await transaction<{ code: string; state: string }[]>`
      insert into carrier_template as known (route, code, state, template)
      select ${route}, read.code, read.state, read.template
      from unnest(${codes}::text[], ${states}::text[], ${bodies}::text[]::jsonb[]) as read (code, state, template)
      on conflict (route, code) do update
        set state = excluded.state, template = excluded.template, changed_at = now()
        where (known.state, known.template) is distinct from (excluded.state, excluded.template)
      returning code, state`;
    const removed = await transaction<{ code: string }[]>`
      delete from carrier_template
      where route = ${route} and code <> all(${codes}::text[])
      returning code`;
    await transaction`
      delete from carrier_channel where route = ${route} and id <> all(${ids}::text[])`;
    await transaction`
      insert into carrier_channel (route, id, channel)
      select ${route}, read.id, read.channel
      from unnest(${ids}::text[], ${channelBodies}::text[]::jsonb[]) as read (id, channel)
      on conflict (route, id) do update set channel = excluded.channel`;
    const moved = written.flatMap(({ code, state }) => {
      const from = known.get(code);
      return from === undefined || from === state ? [] : [{ code, from, to: state }];
    });
    return {
      added: written.flatMap(({ code }) => (known.has(code) ? [] : [code])),
      moved,
      changed: written.flatMap(({ code, state }) => (known.get(code) === state ? [code] : [])),
      removed: removed.map(({ code }) => code),
    };
  });
}

/** The account could not be read; what is known of it stays. */
export async function noteAccountError(sql: Sql, { route, error }: { route: string; error: string }): Promise<void> {
  await sql`
    update carrier_account set error = ${storable(error)}, taken_until = null where route = ${route}`;
}
