import type { InboundEvent, MessageReference } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { noteHooks } from "../hooks/note-hooks.ts";
import { storable } from "../text/storable.ts";
import { applyWords } from "./apply-words.ts";
import type { InboundRow, WordKind } from "./inbound-row.ts";
import { insertInbound } from "./insert-inbound.ts";
import { linkInbound } from "./link-inbound.ts";
import { tellInbound } from "./tell-inbound.ts";
import type { UnreadHook, UnreadInbound } from "./unread.ts";

/** What the configuration of a route and its carrier say about what end users do. */
export interface InboundRules {
  /** A reply without a reference belongs to a message sent so long before it at most. */
  linkWithinMs: number;
  /** The message that a button's data names; null when it names none. */
  readReference(data: string): MessageReference | null;
  /** Whether `content` is sent from `number`; null when that number is none of the route's. */
  isSentFrom(content: unknown, number: string): boolean | null;
  /** A configured word in one of the texts. `scope`: the suppression's route, `*` for every one. */
  findWord(texts: readonly (string | null)[]): { kind: WordKind; word: string; scope: string } | null;
  /** Whether the user's own system is told. */
  isTold: boolean;
}

/** What was brought in of one notification, for counting. */
export interface AppliedInbound {
  id: string;
  route: string;
  event: InboundEvent;
  linkedBy: InboundRow["linkedBy"];
  wordKind: WordKind | null;
}

/**
 * Brings at most `limit` unread notifications into `inbound` (and connection tests into `hook`), in one transaction: the row,
 * the message it answers, the suppression that a word in it asks for, and the event that tells it. Each exactly once, by any
 * number of processes. `taken` as large as `limit` means that more may wait.
 */
export async function applyInbound(
  sql: Sql,
  { limit, rulesOf }: { limit: number; rulesOf: (route: string) => InboundRules },
): Promise<{ taken: number; applied: AppliedInbound[] }> {
  return await sql.begin(async (transaction) => {
    const unread = await takeUnread(transaction, limit);
    if (unread.length === 0) return { taken: 0, applied: [] };
    const [ofUsers, ofHooks] = partition(unread);
    await noteHooks(transaction, ofHooks);
    const rows = ofUsers.map((each) => toRow(each, rulesOf(each.route)));
    await linkInbound(transaction, rows, rulesOf);
    await insertInbound(transaction, rows);
    await applyWords(transaction, rows, rulesOf);
    await tellInbound(
      transaction,
      rows.filter(({ route }) => rulesOf(route).isTold),
    );
    await settle(transaction, unread, rows);
    const applied = rows.map(({ id, route, event, linkedBy, wordKind }) => ({ id, route, event, linkedBy, wordKind }));
    return { taken: unread.length, applied };
  });
}

interface Unread {
  id: string;
  route: string;
  kind: string;
  receivedAt: Date;
  eventAt: Date | null;
  recipient: string | null;
  providerMessageId: string | null;
  read: UnreadInbound | UnreadHook | null;
}

async function takeUnread(transaction: Queryable, limit: number): Promise<Unread[]> {
  return await transaction<Unread[]>`
    select id, route, kind, received_at, event_at, recipient, provider_message_id, read
    from receipt_raw
    where status = 'unread'
    order by id
    limit ${limit}
    for update skip locked`;
}

type Of<Read> = Unread & { read: Read };

/** One that says nothing (written by a process of another version) is only marked as done. */
function partition(unread: readonly Unread[]): [ofUsers: Of<UnreadInbound>[], ofHooks: Of<UnreadHook>[]] {
  const ofUsers: Of<UnreadInbound>[] = [];
  const ofHooks: Of<UnreadHook>[] = [];
  for (const each of unread) {
    if (each.read === null) continue;
    if ("hook" in each.read) ofHooks.push(each as Of<UnreadHook>);
    else if ("event" in each.read) ofUsers.push(each as Of<UnreadInbound>);
  }
  return [ofUsers, ofHooks];
}

function toRow(
  { id, route, receivedAt, eventAt, recipient, providerMessageId, read }: Of<UnreadInbound>,
  rules: InboundRules,
): InboundRow {
  // The data of a button is looked at beside its label: a label is for the reader, its data for us.
  const found = rules.findWord([read.text, read.displayText, read.postbackData]);
  return {
    ...{ id, route, receivedAt, recipient },
    at: eventAt ?? receivedAt,
    messageId: null,
    campaignId: null,
    event: read.event,
    text: read.text,
    displayText: read.displayText,
    postbackData: read.postbackData,
    button: null,
    smsNumber: read.smsNumber,
    userMessageId: providerMessageId,
    attachment: read.attachment,
    deviceSpecifics: read.deviceSpecifics,
    linkedBy: null,
    word: found === null ? null : storable(found.word),
    wordKind: found?.kind ?? null,
  };
}

async function settle(transaction: Queryable, unread: readonly Unread[], rows: readonly InboundRow[]): Promise<void> {
  const messageOf = new Map(rows.map(({ id, messageId }) => [id, messageId]));
  await transaction`
    update receipt_raw set status = 'applied', applied_at = now(), read = null, message_id = settled.message_id
    from unnest(
      ${unread.map(({ id }) => id)}::uuid[],
      ${unread.map(({ id }) => messageOf.get(id) ?? null)}::uuid[]
    ) as settled (id, message_id)
    where receipt_raw.id = settled.id`;
}
