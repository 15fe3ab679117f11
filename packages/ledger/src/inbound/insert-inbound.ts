import type { Queryable } from "../connection/connect-ledger.ts";
import { storable, storableKey, storableTime } from "../text/storable.ts";
import type { InboundRow } from "./inbound-row.ts";

/** Nothing that came from outside makes it fail: it would hold up all that comes behind. */
export async function insertInbound(transaction: Queryable, rows: readonly InboundRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(pick: (row: InboundRow) => T) => rows.map(pick);
  const text = (pick: (row: InboundRow) => string | null) => column((row) => storable(pick(row)));
  const json = (pick: (row: InboundRow) => unknown) => column((row) => (pick(row) ? JSON.stringify(pick(row)) : null));
  await transaction`
    insert into inbound (id, received_at, at, message_id, campaign_id, route, event, recipient, text, display_text,
                         postback_data, button, sms_number, user_message_id, attachment, device_specifics, linked_by, word, word_kind)
    select * from unnest(
      ${column((r) => r.id)}::uuid[],
      ${column((r) => r.receivedAt.toISOString())}::timestamptz[],
      ${column((r) => (storableTime(r.at) ?? r.receivedAt).toISOString())}::timestamptz[],
      ${column((r) => r.messageId)}::uuid[],
      ${column((r) => r.campaignId)}::uuid[],
      ${column((r) => r.route)}::text[],
      ${column((r) => r.event)}::text[],
      ${column((r) => storableKey(r.recipient))}::text[],
      ${text((r) => r.text)}::text[],
      ${text((r) => r.displayText)}::text[],
      ${text((r) => r.postbackData)}::text[],
      ${text((r) => r.button)}::text[],
      ${text((r) => r.smsNumber)}::text[],
      ${text((r) => r.userMessageId)}::text[],
      ${json((r) => r.attachment)}::text[]::jsonb[],
      ${json((r) => r.deviceSpecifics)}::text[]::jsonb[],
      ${column((r) => r.linkedBy)}::text[],
      ${column((r) => r.word)}::text[],
      ${column((r) => r.wordKind)}::text[]
    )
    on conflict (id) do nothing`;
}
