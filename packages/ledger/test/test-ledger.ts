import { createDatabase } from "@hikyaku/testkit";
import { connectLedger, type Ledger, migrate, type Sql } from "../src/index.ts";

export interface TestLedger extends AsyncDisposable {
  url: string;
  sql: Sql;
  /** One more pool on the same database; closed with the rest. */
  connect(options?: { max?: number }): Ledger;
}

/** A migrated database of its own: `await using ledger = await openTestLedger()`. */
export async function openTestLedger(): Promise<TestLedger> {
  const database = await createDatabase();
  await migrate(database.url);
  const ledgers: Ledger[] = [];
  const connect: TestLedger["connect"] = (options = {}) => {
    const ledger = connectLedger(database.url, options);
    ledgers.push(ledger);
    return ledger;
  };
  return {
    url: database.url,
    sql: connect({ max: 4 }).sql,
    connect,
    async [Symbol.asyncDispose]() {
      await Promise.all(ledgers.map((ledger) => ledger.close()));
      await database.drop();
    },
  };
}
