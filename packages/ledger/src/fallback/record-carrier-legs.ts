import type { Sql } from "../connection/connect-ledger.ts";
import { storable, storableKey, storableTime, storableWait } from "../text/storable.ts";

/** A second leg that the carrier sent by itself, without a request of ours (SENS failover). */
export interface CarrierLeg {
  id: string;
  /** The message it follows. */
  firstLeg: string;
  /** The carrier's id of this leg, by which its receipts find it. */
  providerMessageId: string | null;
  providerOrderId?: string | null;
  /** The channel the carrier used. */
  channel: string | null;
  /** Billable parts. */
  segments: number;
  /** Why the carrier did not take it, where that is so: it then stands there as rejected, for people to see. */
  refusal?: string | null;
  /** When the carrier says it began. Default now. */
  acceptedAt?: Date | null;
  /** When its first status check is owed, from now. None when absent. */
  nextCheckInMs?: number | null;
}

/**
 * Writes down second legs that are under way already: accepted, never claimed, followed from here on like any other message. Nothing of
 * ours follows their first legs any more. Answers the ids of those that were new; what has a second leg keeps the one it has.
 */
export async function recordCarrierLegs(sql: Sql, legs: readonly CarrierLeg[]): Promise<string[]> {
  if (legs.length === 0) return [];
  const column = <T>(pick: (leg: CarrierLeg) => T) => legs.map(pick);
  const rows = await sql<{ id: string }[]>`
    with first as materialized (
      select message.*, leg.id as second_id, leg.provider_message_id as second_message_id, leg.provider_order_id as second_order_id,
             leg.channel as second_channel, leg.segments as second_segments, coalesce(leg.accepted_at, now()) as second_accepted_at,
             leg.next_check_in_ms, leg.refusal
      from unnest(
        ${column((leg) => leg.id)}::uuid[],
        ${column((leg) => leg.firstLeg)}::uuid[],
        ${column((leg) => storableKey(leg.providerMessageId))}::text[],
        ${column((leg) => storableKey(leg.providerOrderId))}::text[],
        ${column((leg) => storable(leg.channel))}::text[],
        ${column((leg) => leg.segments)}::smallint[],
        ${column((leg) => storableTime(leg.acceptedAt)?.toISOString() ?? null)}::timestamptz[],
        ${column((leg) => storableWait(leg.nextCheckInMs))}::float8[],
        ${column((leg) => storable(leg.refusal))}::text[]
      ) as leg (id, first_leg, provider_message_id, provider_order_id, channel, segments, accepted_at, next_check_in_ms, refusal)
      join message on message.id = leg.first_leg and message.leg = 1
    ),
    followed as (
      update message set fallback_at = null where id = any(array(select id from first where fallback_at is not null))
    )
    insert into message (id, campaign_id, route, recipient, line, round, leg, first_leg, segments, vars, valid_until, content,
                         class, overrides, consent_at, consent_source, state, accepted_at, ended_at, reason,
                         provider_message_id, provider_order_id, channel, next_check_at)
    select second_id, campaign_id, route, recipient, line, round, 2, id, second_segments, vars, valid_until, content,
           class, overrides, consent_at, consent_source,
           case when refusal is null then 'accepted' else 'rejected' end::message_state,
           case when refusal is null then second_accepted_at end, case when refusal is not null then now() end, refusal,
           second_message_id, second_order_id, second_channel,
           case when refusal is null then now() + next_check_in_ms * interval '1 millisecond' end
    from first
    on conflict do nothing
    returning id`;
  return rows.map(({ id }) => id);
}
