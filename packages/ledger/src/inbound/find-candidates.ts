import type { Queryable } from "../connection/connect-ledger.ts";

export interface Answerer {
  route: string;
  recipient: string;
  receivedAt: Date;
  /** How long before that a message may have been sent. */
  withinMs: number;
  needsContent: boolean;
}

/** A message that somebody may have answered. */
export interface Candidate {
  id: string;
  campaignId: string | null;
  /** Null unless it was asked for. */
  content: unknown;
}

/** Further ones would be answered by nobody any more. */
const mostCandidates = 5;

/**
 * The latest messages that went out to each number on its route, latest first; in the order of `answerers`. Both times are
 * our own clock's: a carrier's time may be of another zone. A message whose answer from the gateway is still under way
 * counts: the reply may be faster.
 */
export async function findCandidates(
  transaction: Queryable,
  answerers: readonly Answerer[],
): Promise<(readonly Candidate[])[]> {
  if (answerers.length === 0) return [];
  const oldest = Math.min(...answerers.map(({ receivedAt, withinMs }) => receivedAt.getTime() - withinMs));
  // As for the history of a recipient: one look-up per campaign, because an index on the number alone would cost every import.
  const rows = await transaction<(Candidate & { place: number })[]>`
    with given as materialized (
      select place, route, recipient, received_at, received_at - within_ms * interval '1 millisecond' as since, needs_content
      from unnest(
        ${answerers.map((_, index) => index)}::integer[],
        ${answerers.map(({ route }) => route)}::text[],
        ${answerers.map(({ recipient }) => recipient)}::text[],
        ${answerers.map(({ receivedAt }) => receivedAt.toISOString())}::timestamptz[],
        ${answerers.map(({ withinMs }) => withinMs)}::float8[],
        ${answerers.map(({ needsContent }) => (needsContent ? 1 : 0))}::integer[]
      ) as given (place, route, recipient, received_at, within_ms, needs_content)
    ),
    recent as materialized (
      select id, route from campaign
      where route = any(${[...new Set(answerers.map(({ route }) => route))]}::text[]) and started_at is not null
        and (finished_at is null or finished_at >= ${new Date(oldest).toISOString()}::timestamptz)
    )
    select given.place, candidate.id, candidate.campaign_id,
           case when given.needs_content = 1 then coalesce(
             candidate.content, (select campaign.content from campaign where campaign.id = candidate.campaign_id)
           ) end as content
    from given
    cross join lateral (
      select id, campaign_id, content, sending_at from (
        select message.id, message.campaign_id, message.content, message.sending_at, message.accepted_at, message.state
        from recent
        join message on message.campaign_id = recent.id and message.recipient = given.recipient
        where recent.route = given.route
        union all
        select id, campaign_id, content, sending_at, accepted_at, state from message
        where campaign_id is null and recipient = given.recipient and route = given.route
      ) as message
      where sending_at between given.since and given.received_at
        and (accepted_at is not null or state in ('sending', 'unknown'))
      order by sending_at desc, id desc
      limit ${mostCandidates}
    ) as candidate
    order by given.place, candidate.sending_at desc, candidate.id desc`;
  const byPlace = Map.groupBy(rows, ({ place }) => place);
  return answerers.map((_, index) => byPlace.get(index) ?? []);
}
