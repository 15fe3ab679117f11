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
    select id, at, actor, action, rule, reason, route, campaign_id, message_id, recipient, details from audit
    where ${before === undefined ? sql`true` : sql`id < ${before}`}
      and ${action === undefined ? sql`true` : sql`action = ${action}`}
      and ${campaignId === undefined ? sql`true` : sql`campaign_id = ${campaignId}`}
      and ${messageId === undefined ? sql`true` : sql`message_id = ${messageId}`}
    order by id desc
    limit ${limit}`;
}
