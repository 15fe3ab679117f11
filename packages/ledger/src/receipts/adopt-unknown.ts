import type { Queryable } from "../connection/connect-ledger.ts";

/** A receipt whose carrier id belongs to no message. */
export interface LostReceipt {
  route: string;
  providerMessageId: string | null;
  recipient: string | null;
  receivedAt: Date;
}

/** The message of unknown outcome, or accepted without an id, that a carrier id turned out to belong to. */
export interface Adoption {
  id: string;
  route: string;
  providerMessageId: string;
  state: "unknown" | "accepted";
  acceptedAt: Date | null;
  hasFallback: boolean;
}

/**
 * Finds, for carrier ids that nobody knows, the message whose outcome is unknown or whose acceptance came without an id: same
 * route, same recipient, posted before the receipt came and not longer than `withinMs` before. Only where there is no
 * doubt: exactly one such message, no other message to the recipient in flight, and no second carrier id that nobody knows.
 * The rows found are locked.
 */
export async function adoptUnknown(
  transaction: Queryable,
  lost: readonly LostReceipt[],
  withinMs: number,
): Promise<Adoption[]> {
  const firsts = firstOfEach(lost);
  if (firsts.length === 0) return [];
  return await transaction<Adoption[]>`
    select message.id, message.route, lost.provider_message_id, message.state, message.accepted_at,
           message.fallback_after_ms is not null as has_fallback
    from unnest(
      ${firsts.map((receipt) => receipt.route)}::text[],
      ${firsts.map((receipt) => receipt.providerMessageId)}::text[],
      ${firsts.map((receipt) => receipt.recipient)}::text[],
      ${firsts.map((receipt) => receipt.receivedAt.toISOString())}::timestamptz[]
    ) as lost (route, provider_message_id, recipient, received_at)
    cross join lateral (
      select candidate.id from message as candidate
      where candidate.route = lost.route and candidate.recipient = lost.recipient and candidate.unknown_at is not null
      union all
      select candidate.id from message as candidate
      where candidate.route = lost.route and candidate.recipient = lost.recipient
        and candidate.accepted_at is not null and candidate.provider_message_id is null
    ) as candidate
    join message on message.id = candidate.id
    where message.state in ('unknown', 'accepted') and message.sending_at <= lost.received_at
      and message.sending_at >= lost.received_at - ${withinMs} * interval '1 millisecond'
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
