import type { Queryable } from "../connection/connect-ledger.ts";

/**
 * Waits until no claim on the campaign is under way and lets none begin until the transaction ends. Every claim takes the
 * same advisory lock shared (function `campaign_takes_claims` in the schema) and reads the campaign's state after it has it.
 *
 * An advisory lock and not a lock on the campaign's row: it costs a claim no write, the feeder's updates of the row don't
 * wait for claims, and its queue is fair, so a stream of claims can't starve a cancel.
 */
export async function closeClaimGate(transaction: Queryable, campaignId: string): Promise<void> {
  await transaction`select pg_advisory_xact_lock(claim_gate(${campaignId}::uuid))`;
}
