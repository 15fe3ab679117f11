import type { Queryable } from "../connection/connect-ledger.ts";
import { closedReason } from "../unknowns/closed-reason.ts";

/** A receipt whose carrier id belongs to no message. */
export interface LostReceipt {
  route: string;
  providerMessageId: string | null;
  recipient: string | null;
  receivedAt: Date;
}

/** The message of unknown outcome, or closed as such, or accepted without an id, that a carrier id turned out to belong to. */
export interface Adoption {
  id: string;
  route: string;
  providerMessageId: string;
  state: "unknown" | "accepted" | "expired";
  acceptedAt: Date | null;
  endedAt: Date | null;
  reason: string | null;
  hasFallback: boolean;
}

/**
 * Finds, for carrier ids that nobody knows, the message whose outcome is unknown, or was until the operator closed it, or
 * whose acceptance came without an id: same route, same recipient, posted before the receipt came and not longer than
 * `withinMs` before. Only where there is no doubt: exactly one such message, no other message to the recipient in flight, and
 * no second carrier id that nobody knows. The rows found are locked.
 */
export async function adoptUnknown(
  transaction: Queryable,
  lost: readonly LostReceipt[],
  withinMs: number,
): Promise<Adoption[]> {
  const firsts = firstOfEach(lost);
  if (firsts.length === 0) return [];
  const isClosed = transaction`
    message.state = 'expired' and message.reason = ${closedReason}
    and message.accepted_at is null and message.provider_message_id is null`;
  const inTime = transaction`
    message.sending_at <= lost.received_at
    and message.sending_at >= lost.received_at - ${withinMs} * interval '1 millisecond'`;
  return await transaction<Adoption[]>`
    with lost as materialized (
      select * from unnest(
        ${firsts.map((receipt) => receipt.route)}::text[],
        ${firsts.map((receipt) => receipt.providerMessageId)}::text[],
        ${firsts.map((receipt) => receipt.recipient)}::text[],
        ${firsts.map((receipt) => receipt.receivedAt.toISOString())}::timestamptz[]
      ) as given (route, provider_message_id, recipient, received_at)
    ),
    -- No index knows the closed ones. So they are looked for by their campaigns: those that a receipt may still be about, and
    -- of these the few in which anything has expired.
    expiring as materialized (
      select id, route from campaign
      where route = any(array(select route from lost))
        and coalesce(finished_at, 'infinity')
          >= (select min(received_at) from lost) - ${withinMs} * interval '1 millisecond'
        and (
          select coalesce(sum(messages), 0) from campaign_count
          where campaign_id = campaign.id and campaign_count.state = 'expired'
        ) > 0
    ),
    closed as materialized (
      select lost.route, lost.provider_message_id, message.id
      from lost
      join expiring on expiring.route = lost.route
      cross join lateral (
        select id from message
        where campaign_id = expiring.id and recipient = lost.recipient and message.route = lost.route and ${isClosed} and ${inTime}
        -- An index look-up each, whatever the planner believes about the table.
        offset 0
      ) as message
      union all
      select lost.route, lost.provider_message_id, message.id
      from lost
      cross join lateral (
        select id from message
        where campaign_id is null and recipient = lost.recipient and route = lost.route and ${isClosed} and ${inTime}
        offset 0
      ) as message
    ),
    candidate as materialized (
      select lost.*, found.id
      from lost
      cross join lateral (
        select id from message
        where route = lost.route and recipient = lost.recipient and unknown_at is not null
        union all
        select id from message
        where route = lost.route and recipient = lost.recipient
          and accepted_at is not null and provider_message_id is null
        union all
        select id from closed
        where closed.route = lost.route and closed.provider_message_id = lost.provider_message_id
      ) as found
    )
    select message.id, message.route, lost.provider_message_id, message.state, message.accepted_at, message.ended_at,
           case when message.state = 'expired' then message.reason end as reason, message.fallback_after_ms is not null as has_fallback
    from candidate as lost
    join message on message.id = lost.id
    -- As above.
    where message.id = any(array(select id from candidate))
      and (message.state in ('unknown', 'accepted') or (${isClosed})) and ${inTime}
      and not exists (
        select from closed as other
        where other.route = lost.route and other.provider_message_id = lost.provider_message_id
          and other.id <> message.id
      )
      and not exists (
        select from message as other
        where other.route = lost.route and other.recipient = lost.recipient and other.id <> message.id
          and other.unknown_at is not null
      )
      and not exists (
        select from message as other
        where other.route = lost.route and other.recipient = lost.recipient and other.id <> message.id
          and other.accepted_at is not null and other.provider_message_id is null
      )
      and not exists (
        select from campaign
        join message as other on other.campaign_id = campaign.id and other.recipient = lost.recipient
        -- Also what follows over this route a first leg that went over another.
        where (campaign.route = lost.route or campaign.fallback_route = lost.route) and campaign.state in ('running', 'paused', 'dispatched', 'cancelled')
          and other.state = 'sending'
      )
      and not exists (
        select from message as other
        where other.campaign_id is null and other.recipient = lost.recipient and other.route = lost.route
          and other.state = 'sending'
      )
      and not exists (
        select from receipt_raw as other
        where other.route = lost.route and other.recipient = lost.recipient and other.status in ('pending', 'parked')
          and other.provider_message_id <> lost.provider_message_id
          and not exists (
            select from message as owner
            where owner.route = other.route and owner.provider_message_id = other.provider_message_id
          )
          and not exists (
            select from message as owner
            where owner.route = other.route and owner.provider_order_id = other.provider_message_id
              and owner.provider_order_id is distinct from owner.provider_message_id
          )
      )
    order by message.id
    for no key update of message`;
}

/** The earliest receipt of each carrier id. */
function firstOfEach(lost: readonly LostReceipt[]): LostReceipt[] {
  const firsts = new Map<string, LostReceipt>();
  for (const receipt of lost) {
    if (receipt.providerMessageId === null || receipt.recipient === null) continue;
    const key = `${receipt.route}\n${receipt.providerMessageId}`;
    const known = firsts.get(key);
    if (!known || receipt.receivedAt < known.receivedAt) firsts.set(key, receipt);
  }
  return [...firsts.values()];
}
