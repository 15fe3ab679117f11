import { createDatabase, type TestDatabase } from "@hikyaku/testkit";
import { afterAll } from "vitest";
import { connectLedger, type Ledger, migrate, type Sql } from "../src/index.ts";

export interface TestLedger extends AsyncDisposable {
  url: string;
  sql: Sql;
  /** One more pool on the same database; closed with the test. */
  connect(options?: { max?: number }): Ledger;
}

/** One database a test file, emptied for each test: making one anew takes six times as long. */
interface OpenLedger {
  database: TestDatabase;
  ledger: Ledger;
  tables: string[];
}

let opened: Promise<OpenLedger> | undefined;

afterAll(async () => {
  const file = await opened;
  await file?.ledger.close();
  await file?.database.drop();
});

/** An empty, migrated ledger: `await using ledger = await openTestLedger()`. */
export async function openTestLedger(): Promise<TestLedger> {
  opened ??= openFor();
  const { database, ledger, tables } = await opened;
  await ledger.sql`truncate ${ledger.sql(tables)}`;
  const extra: Ledger[] = [];
  return {
    url: database.url,
    sql: ledger.sql,
    connect(options = {}) {
      const another = connectLedger(database.url, options);
      extra.push(another);
      return another;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(extra.map((another) => another.close()));
    },
  };
}

async function openFor(): Promise<OpenLedger> {
  const database = await createDatabase();
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  const tables = await ledger.sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_version'`;
  return { database, ledger, tables: tables.map(({ name }) => name) };
}
