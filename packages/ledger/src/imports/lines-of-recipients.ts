import type { Sql } from "../connection/connect-ledger.ts";

/**
 * From which line of the source each recipient came into the campaign; who is not in it is left out. Tells the duplicates
 * of a chunk that is in the ledger already.
 */
export async function linesOfRecipients(
  sql: Sql,
  { campaignId, recipients }: { campaignId: string; recipients: readonly string[] },
): Promise<Map<string, number>> {
  const rows = await sql<{ recipient: string; line: number }[]>`
    select recipient, line from message
    where campaign_id = ${campaignId} and round = 1 and leg = 1 and recipient = any(${recipients as string[]}::text[])`;
  return new Map(rows.map(({ recipient, line }) => [recipient, line]));
}
