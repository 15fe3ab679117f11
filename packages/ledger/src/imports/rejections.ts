import type { Sql } from "../connection/connect-ledger.ts";

/** A row of the source that did not become a message. */
export interface Rejection {
  line: number;
  /** Short and countable, e.g. `invalid-number`. */
  code: string;
  reason: string;
}

/** Keeps rejected rows for the report. A line that is there already stays as it is, so a resumed import may repeat them. */
export async function recordRejections(
  sql: Sql,
  { campaignId, rejections }: { campaignId: string; rejections: readonly Rejection[] },
): Promise<void> {
  await sql`
    insert into import_rejection (campaign_id, line, code, reason)
    select ${campaignId}, line, code, reason
    from unnest(${rejections.map((row) => row.line)}::integer[],
                ${rejections.map((row) => row.code)}::text[],
                ${rejections.map((row) => row.reason)}::text[]) as given (line, code, reason)
    order by line
    on conflict (campaign_id, line) do nothing`;
}

/** By line; `after` is the last line of the page before. */
export async function listRejections(
  sql: Sql,
  { campaignId, limit, after }: { campaignId: string; limit: number; after?: number },
): Promise<Rejection[]> {
  return await sql<Rejection[]>`
    select line, code, reason from import_rejection
    where campaign_id = ${campaignId} and line > ${after ?? -1}
    order by line
    limit ${limit}`;
}

/** How many kept rejections have which code, the most frequent first. */
export async function rejectionCodes(
  sql: Sql,
  { campaignId }: { campaignId: string },
): Promise<{ code: string; count: number }[]> {
  return await sql<{ code: string; count: number }[]>`
    select code, count(*) as count from import_rejection
    where campaign_id = ${campaignId} group by code order by count desc, code`;
}
