import { recordChecksIn } from "../checks/record-checks.ts";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";

export interface EndReservationInput {
  route: string;
  reserveId: string;
  /** In the carrier's word. */
  rawStatus: string;
  reason: string;
  /** Whose decision it was, for the audit. Absent when nobody of ours decided it. */
  by?: {
    actor: string;
    /** It had been cancelled before at the carrier, and only its messages are ended. */
    wasCancelled: boolean;
  };
}

/**
 * A reservation was cancelled, and none of its messages will ever go out: they end as `revoked`. What has another end already, or is proven
 * sent, keeps it. The carrier is not asked about it any more. Answers how many ended by this call.
 *
 * With `by` it stands in the audit by the same transaction, once for each campaign whose messages ended and once for single messages; once
 * without any when none did, unless it had been cancelled before: then there was nothing left to decide.
 */
export async function endReservation(
  sql: Sql,
  { route, reserveId, rawStatus, reason, by }: EndReservationInput,
): Promise<number> {
  return await sql.begin(async (transaction) => {
    const open = await transaction<{ id: string; campaignId: string | null }[]>`
      select id, campaign_id from message
      where route = ${route} and provider_order_id = ${reserveId} and provider_order_id is distinct from provider_message_id
        and provider_message_id is null and state = 'accepted'
      order by id`;
    const moved = new Set(
      await recordChecksIn(
        transaction,
        open.map(({ id }) => ({ messageId: id, answer: "state", state: "revoked", at: null, rawStatus, reason })),
      ),
    );
    await transaction`update reservation set check_at = null where route = ${route} and reserve_id = ${reserveId}`;
    const ended = open.filter(({ id }) => moved.has(id));
    if (by && (ended.length > 0 || !by.wasCancelled)) await note(transaction, { route, reserveId, by, ended });
    return ended.length;
  });
}

async function note(
  transaction: Queryable,
  {
    route,
    reserveId,
    by: { actor, wasCancelled },
    ended,
  }: Required<Pick<EndReservationInput, "route" | "reserveId" | "by">> & {
    ended: readonly { id: string; campaignId: string | null }[];
  },
): Promise<void> {
  const groups = [...Map.groupBy(ended, ({ campaignId }) => campaignId)].map(([campaignId, messages]) => ({
    campaignId,
    messages: messages.length,
    // A single message is named; of more the number is.
    messageId: campaignId === null && messages.length === 1 ? (messages[0]?.id ?? null) : null,
  }));
  const entries = groups.length > 0 ? groups : [{ campaignId: null, messages: 0, messageId: null }];
  await transaction`
    insert into audit (actor, action, route, campaign_id, message_id, details)
    select ${actor}, 'cancel-reservation', ${route}, campaign_id, message_id,
           jsonb_build_object('reserveId', ${reserveId}::text, 'messages', messages, 'wasCancelled', ${wasCancelled}::boolean)
    from unnest(
      ${entries.map(({ campaignId }) => campaignId)}::uuid[],
      ${entries.map(({ messageId }) => messageId)}::uuid[],
      ${entries.map(({ messages }) => messages)}::integer[]
    ) as entry (campaign_id, message_id, messages)
    order by campaign_id`;
}
