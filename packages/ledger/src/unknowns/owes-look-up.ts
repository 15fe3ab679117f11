import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Whether the carrier is still to be asked about one of a campaign's unknown messages: then what is not known now may be known soon. Never
 * where a carrier has no such question.
 */
export async function owesLookUp(sql: Sql, { campaignId }: { campaignId: string }): Promise<boolean> {
  // As the index of what is not through yet has it.
  const [row] = await sql<{ isOwed: boolean }[]>`
    select exists (
      select from message
      where campaign_id = ${campaignId} and accepted_at is null and ended_at is null
        and unknown_at is not null and next_check_at is not null
    ) as is_owed`;
  return row?.isOwed ?? false;
}
