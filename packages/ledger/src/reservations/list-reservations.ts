import type { Sql } from "../connection/connect-ledger.ts";

/** A request that the carrier carries out, or carried out, at a time of its own. */
export interface ReservationRow {
  route: string;
  /** The carrier's id of the request. */
  reserveId: string;
  reservedAt: Date;
  /** When the carrier took it. */
  createdAt: Date;
  /** Messages in it that are still in the ledger. */
  messages: number;
  /** Those of them whose end is not known yet. */
  open: number;
  /** Of its messages; a request may hold those of several campaigns. */
  campaigns: { id: string; key: string }[];
}

export interface ListReservationsInput {
  route: string;
  /** Carried out at or after this. */
  from?: Date;
  /** Carried out before this. */
  until?: Date;
  /** Only those that hold messages of this campaign. */
  campaignId?: string;
  /** The last one of the page before, by its id. */
  after?: string;
  limit: number;
}

/** In the order in which they are carried out. */
export async function listReservations(
  sql: Sql,
  { route, from, until, campaignId, after, limit }: ListReservationsInput,
): Promise<ReservationRow[]> {
  return await withMessages(
    sql,
    sql`
      select * from reservation
      where route = ${route}
        and ${from === undefined ? sql`true` : sql`reserved_at >= ${from}`}
        and ${until === undefined ? sql`true` : sql`reserved_at < ${until}`}
        and ${
          campaignId === undefined
            ? sql`true`
            : sql`exists (
              select from message
              where message.route = reservation.route and message.provider_order_id = reservation.reserve_id
                and message.provider_order_id is distinct from message.provider_message_id
                and message.campaign_id = ${campaignId}
            )`
        }
        and ${
          after === undefined
            ? sql`true`
            : sql`(reserved_at, reserve_id) > (
              select reserved_at, reserve_id from reservation where route = ${route} and reserve_id = ${after}
            )`
        }
      order by reserved_at, reserve_id
      limit ${limit}`,
  );
}

/** Null when none of ours has this id; on any route when none is named. */
export async function findReservation(
  sql: Sql,
  { route, reserveId }: { route?: string; reserveId: string },
): Promise<ReservationRow | null> {
  const ofRoute = route === undefined ? sql`true` : sql`route = ${route}`;
  const [found] = await withMessages(
    sql,
    sql`select * from reservation where reserve_id = ${reserveId} and ${ofRoute} order by route limit 1`,
  );
  return found ?? null;
}

async function withMessages(sql: Sql, found: ReturnType<Sql>): Promise<ReservationRow[]> {
  return await sql<ReservationRow[]>`
    select found.*, held.messages, held.open, held.campaigns
    from (${found}) as found
    cross join lateral (
      select count(*)::integer as messages,
             count(*) filter (where message.state in ('accepted', 'sent'))::integer as open,
             coalesce(
               jsonb_agg(distinct jsonb_build_object('id', campaign.id, 'key', campaign.key)) filter (where campaign.id is not null),
               '[]'::jsonb
             ) as campaigns
      from message left join campaign on campaign.id = message.campaign_id
      where message.route = found.route and message.provider_order_id = found.reserve_id
        -- As the index has it.
        and message.provider_order_id is distinct from message.provider_message_id
    ) as held
    order by found.reserved_at, found.reserve_id`;
}
