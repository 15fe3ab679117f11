import type { Sql } from "../connection/connect-ledger.ts";
import { type NewReceipt, storeReceipts } from "./store-receipts.ts";

/**
 * Stores notifications as {@link storeReceipts} does and takes them out again, in one transaction: it costs what storing costs, the commit
 * included, and nobody ever sees them. Their keys must be no real notification's.
 */
export async function rehearseReceipts(sql: Sql, receipts: readonly NewReceipt[]): Promise<void> {
  await sql.begin(async (transaction) => {
    await storeReceipts(transaction, receipts);
    await transaction`delete from receipt_raw where id = any(${receipts.map(({ id }) => id)}::uuid[])`;
  });
}
