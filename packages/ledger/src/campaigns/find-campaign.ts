import { validate } from "uuid";
import type { Sql } from "../connection/connect-ledger.ts";
import type { CampaignRow } from "./campaign-row.ts";

/** By id or by the caller's key; null when there is none. */
export async function findCampaign(sql: Sql, by: { id: string } | { key: string }): Promise<CampaignRow | null> {
  if ("id" in by) {
    if (!validate(by.id)) return null;
    const [campaign] = await sql<CampaignRow[]>`select * from campaign where id = ${by.id}`;
    return campaign ?? null;
  }
  const [campaign] = await sql<CampaignRow[]>`select * from campaign where key = ${by.key}`;
  return campaign ?? null;
}
