import type { Queryable } from "../connection/connect-ledger.ts";
import type { UnreadHook, UnreadInbound } from "../inbound/unread.ts";
import { storable, storableJson, storableKey, storableTime } from "../text/storable.ts";

/** One notification as it came, read as far as it could be read. */
export interface NewReceipt {
  id: string;
  route: string;
  /** e.g. `receipt`, `inbound`, `connection-test`, `unrecognised`. */
  kind: string;
  /** The same notification sent again has the same key (protocol notes §13.7). */
  dedupeKey: string;
  body: string;
  contentType?: string | null;
  providerMessageId?: string | null;
  /** A receipt state, `pending`, or the mark of a status nobody knows. */
  reportedState?: string | null;
  rawStatus?: string | null;
  recipient?: string | null;
  /** The channel the notification names. */
  channel?: string | null;
  reason?: string | null;
  eventAt?: Date | null;
  /** `pending`: to be applied to a message. `unread`: to be brought into `inbound` or `hook`. `stored`: kept only. */
  status: "pending" | "unread" | "stored";
  /** What an `unread` one says: {@link UnreadInbound} or {@link UnreadHook}. */
  read?: UnreadInbound | UnreadHook | null;
  receivedAt: Date;
}

/**
 * Keeps notifications, each once; one that is there already only counts up its `seen`. One statement, and nothing that came
 * from outside makes it fail.
 */
export async function storeReceipts(
  sql: Queryable,
  receipts: readonly NewReceipt[],
): Promise<{ stored: number; repeated: number }> {
  // Cleaned first: keys that differ only in what PostgreSQL can't hold are the same one.
  const seen = countRepeats(receipts.map(cleaned));
  const unique = [...seen.keys()].sort(byKey);
  const column = <T>(pick: (receipt: NewReceipt) => T) => unique.map(pick);
  const rows = await sql<{ isNew: boolean }[]>`
    insert into receipt_raw (id, received_at, event_at, try_at, seen, route, kind, status, dedupe_key, provider_message_id,
                             reported_state, raw_status, recipient, channel, reason, content_type, body, read)
    select id, received_at, event_at, case when status = 'pending' then received_at end, seen, route, kind, status,
           dedupe_key, provider_message_id, reported_state, raw_status, recipient, channel, reason, content_type, body, read
    from unnest(
      ${column((r) => r.id)}::uuid[],
      ${column((r) => r.receivedAt.toISOString())}::timestamptz[],
      ${column((r) => r.eventAt?.toISOString() ?? null)}::timestamptz[],
      ${column((r) => seen.get(r) ?? 1)}::integer[],
      ${column((r) => r.route)}::text[],
      ${column((r) => r.kind)}::text[],
      ${column((r) => r.status)}::text[],
      ${column((r) => r.dedupeKey)}::text[],
      ${column((r) => r.providerMessageId ?? null)}::text[],
      ${column((r) => r.reportedState ?? null)}::text[],
      ${column((r) => r.rawStatus ?? null)}::text[],
      ${column((r) => r.recipient ?? null)}::text[],
      ${column((r) => r.channel ?? null)}::text[],
      ${column((r) => r.reason ?? null)}::text[],
      ${column((r) => r.contentType ?? null)}::text[],
      ${column((r) => r.body)}::text[],
      ${column((r) => (r.read ? JSON.stringify(r.read) : null))}::text[]::jsonb[]
    ) as given (id, received_at, event_at, seen, route, kind, status, dedupe_key, provider_message_id, reported_state,
                raw_status, recipient, channel, reason, content_type, body, read)
    on conflict (route, dedupe_key) do update set seen = receipt_raw.seen + excluded.seen
    returning xmax = 0 as is_new`;
  const stored = rows.filter(({ isNew }) => isNew).length;
  return { stored, repeated: receipts.length - stored };
}

/** One INSERT can't meet the same key twice, so repeats within the call are counted before. */
function countRepeats(receipts: readonly NewReceipt[]): Map<NewReceipt, number> {
  const first = new Map<string, NewReceipt>();
  const seen = new Map<NewReceipt, number>();
  for (const receipt of receipts) {
    const key = `${receipt.route}\n${receipt.dedupeKey}`;
    const known = first.get(key) ?? receipt;
    first.set(key, known);
    seen.set(known, (seen.get(known) ?? 0) + 1);
  }
  return seen;
}

/** The same order for everybody: two calls with the same keys wait for each other and never deadlock. */
function byKey(a: NewReceipt, b: NewReceipt): number {
  if (a.route !== b.route) return a.route < b.route ? -1 : 1;
  return a.dedupeKey < b.dedupeKey ? -1 : 1;
}

/** As the columns can hold it: a notification must be kept whatever it contains. */
function cleaned(receipt: NewReceipt): NewReceipt {
  return {
    ...receipt,
    kind: storable(receipt.kind),
    dedupeKey: storableKey(receipt.dedupeKey),
    providerMessageId: storableKey(receipt.providerMessageId),
    reportedState: storable(receipt.reportedState),
    rawStatus: storable(receipt.rawStatus),
    recipient: storableKey(receipt.recipient),
    channel: storable(receipt.channel),
    reason: storable(receipt.reason),
    contentType: storable(receipt.contentType),
    body: storable(receipt.body),
    eventAt: storableTime(receipt.eventAt),
    read: storableJson(receipt.read ?? null) as NewReceipt["read"],
  };
}
