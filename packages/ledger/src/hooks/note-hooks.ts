import type { Queryable } from "../connection/connect-ledger.ts";
import type { UnreadHook } from "../inbound/unread.ts";

/** Remembers the newest connection test, and the newest body that nobody understood, of each notification URL. */
export async function noteHooks(
  transaction: Queryable,
  posts: readonly { route: string; kind: string; receivedAt: Date; read: UnreadHook }[],
): Promise<void> {
  // The newest of each URL and kind of post; one INSERT can't meet a row twice.
  const newest = new Map<string, { route: string; hook: string; tested?: Seen; unrecognised?: Seen }>();
  for (const { route, kind, receivedAt, read } of [...posts].sort((a, b) => +a.receivedAt - +b.receivedAt)) {
    const key = `${route}\n${read.hook}`;
    const entry = newest.get(key) ?? { route, hook: read.hook };
    entry[kind === "connection-test" ? "tested" : "unrecognised"] = { at: receivedAt, from: read.from };
    newest.set(key, entry);
  }
  if (newest.size === 0) return;
  const rows = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await transaction`
    insert into hook as known (route, kind, tested_at, tested_from, unrecognised_at, unrecognised_from)
    select * from unnest(
      ${rows.map(({ route }) => route)}::text[],
      ${rows.map(({ hook }) => hook)}::text[],
      ${rows.map(({ tested }) => tested?.at.toISOString() ?? null)}::timestamptz[],
      ${rows.map(({ tested }) => tested?.from ?? null)}::text[],
      ${rows.map(({ unrecognised }) => unrecognised?.at.toISOString() ?? null)}::timestamptz[],
      ${rows.map(({ unrecognised }) => unrecognised?.from ?? null)}::text[]
    )
    on conflict (route, kind) do update set
      tested_at = greatest(known.tested_at, excluded.tested_at),
      tested_from = case when excluded.tested_at >= known.tested_at or known.tested_at is null
                         then coalesce(excluded.tested_from, known.tested_from) else known.tested_from end,
      unrecognised_at = greatest(known.unrecognised_at, excluded.unrecognised_at),
      unrecognised_from = case when excluded.unrecognised_at >= known.unrecognised_at or known.unrecognised_at is null
                               then coalesce(excluded.unrecognised_from, known.unrecognised_from)
                               else known.unrecognised_from end`;
}

interface Seen {
  at: Date;
  from: string | null;
}
