import type { CampaignRow } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Takes back everything an unfinished import has written, so that the campaign is a draft as at its creation. One
 * transaction (some 10 s per million rows), because a half discarded import could neither be resumed nor repeated. Null
 * when the campaign is past importing: its messages may have been sent.
 */
export async function discardImport(sql: Sql, { campaignId }: { campaignId: string }): Promise<CampaignRow | null> {
  return await sql.begin(async (transaction) => {
    const [open] = await transaction`
      select id from campaign where id = ${campaignId} and state in ('draft', 'importing') for no key update`;
    if (!open) return null;
    await transaction`delete from message where campaign_id = ${campaignId}`;
    await transaction`delete from import_rejection where campaign_id = ${campaignId}`;
    const [draft] = await transaction<CampaignRow[]>`
      update campaign set state = 'draft', imported_rows = 0, import_digest = null, rejected_rows = 0, duplicate_rows = 0
      where id = ${campaignId}
      returning *`;
    return draft ?? null;
  });
}
