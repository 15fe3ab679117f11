import type { Sql } from "../connection/connect-ledger.ts";

/** A template of the carrier's account as it was last read there. */
export interface CarrierTemplateRow {
  route: string;
  code: string;
  /** The carrier's word for its inspection state. */
  state: string;
  /** As the carrier tells of it; its rules know what is in it. */
  template: unknown;
  firstSeen: Date;
  /** When anything of it was last found different. */
  changedAt: Date;
}

export interface CarrierChannelRow {
  route: string;
  id: string;
  channel: unknown;
}

/** By route and code. */
export async function listTemplates(
  sql: Sql,
  { route, state }: { route?: string; state?: string } = {},
): Promise<CarrierTemplateRow[]> {
  return await sql<CarrierTemplateRow[]>`
    select * from carrier_template
    where (${route ?? null}::text is null or route = ${route ?? null})
      and (${state ?? null}::text is null or state = ${state ?? null})
    order by route, code`;
}

/** Null when the account had none of this code. */
export async function findTemplate(
  sql: Sql,
  { route, code }: { route: string; code: string },
): Promise<CarrierTemplateRow | null> {
  const [template] = await sql<CarrierTemplateRow[]>`
    select * from carrier_template where route = ${route} and code = ${code}`;
  return template ?? null;
}

/** By route and id. */
export async function listChannels(sql: Sql, { route }: { route?: string } = {}): Promise<CarrierChannelRow[]> {
  return await sql<CarrierChannelRow[]>`
    select * from carrier_channel
    where (${route ?? null}::text is null or route = ${route ?? null})
    order by route, id`;
}
