import { randomBytes } from "node:crypto";
import { withPostgres } from "./servers/postgres-url.ts";
import { testStack } from "./test-stack.ts";

export interface TestDatabase extends AsyncDisposable {
  url: string;
  /** Drops it, also when someone is still connected. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the run's PostgreSQL, for one test file: `await using database = await createDatabase()`. */
export async function createDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = await testStack();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withPostgres(databaseUrl, (sql) => sql`create database ${sql(name)}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const drop = async () => {
    await withPostgres(databaseUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
  };
  return { url: url.href, drop, [Symbol.asyncDispose]: drop };
}
