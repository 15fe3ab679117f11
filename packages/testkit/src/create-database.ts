import { randomBytes } from "node:crypto";
import postgres from "postgres";
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
  await onServer(databaseUrl, (sql) => sql`create database ${sql(name)}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const drop = async () => {
    await onServer(databaseUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
  };
  return { url: url.href, drop, [Symbol.asyncDispose]: drop };
}

async function onServer(url: string, statement: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await statement(sql);
  } finally {
    await sql.end();
  }
}
