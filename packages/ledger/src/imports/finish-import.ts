import type { CampaignRow } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";
import { ImportError } from "./import-error.ts";

/**
 * `importing → ready`. Repeating it answers the campaign as it is.
 *
 * @throws ImportError `import-not-open` when the campaign was never importing or is cancelled.
 */
export async function finishImport(
  sql: Sql,
  { campaignId, rejectedRows, digest }: { campaignId: string; rejectedRows: number; digest: Buffer },
): Promise<CampaignRow> {
  const [finished] = await sql<CampaignRow[]>`
    update campaign set state = 'ready', rejected_rows = ${rejectedRows}, import_digest = ${digest}, imported_at = now()
    where id = ${campaignId} and state = 'importing'
    returning *`;
  if (finished) return finished;
  const [campaign] = await sql<CampaignRow[]>`select * from campaign where id = ${campaignId}`;
  if (!campaign?.importedAt) throw ImportError.notOpen(campaignId, campaign?.state);
  return campaign;
}
