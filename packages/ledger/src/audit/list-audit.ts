import type { Sql } from "../connection/connect-ledger.ts";
import type { AuditAction, AuditEntry } from "./audit-entry.ts";

export interface ListAuditInput {
  limit: number;
  /** The last entry of the page before. */
  before?: number;
  action?: AuditAction;
  campaignId?: string;
  messageId?: string;
}

/** Newest first; several fields narrow each other. */
export async function listAudit(
  sql: Sql,
  { limit, before, action, campaignId, messageId }: ListAuditInput,
): Promise<AuditEntry[]> {
  return await sql<AuditEntry[]>`
    select audit.*, coalesce(campaign.name, campaign_past.name) as campaign_name
    from audit
    left join campaign on campaign.id = audit.campaign_id
    left join campaign_past on campaign_past.id = audit.campaign_id
    where ${before === undefined ? sql`true` : sql`audit.id < ${before}`}
      and ${action === undefined ? sql`true` : sql`action = ${action}`}
      and ${campaignId === undefined ? sql`true` : sql`campaign_id = ${campaignId}`}
      and ${messageId === undefined ? sql`true` : sql`message_id = ${messageId}`}
    order by audit.id desc
    limit ${limit}`;
}
