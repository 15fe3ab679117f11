import postgres from "postgres";

/** The role of every PostgreSQL we start; it may do everything there. */
export const clusterUser = "hikyaku";

/** Connects once and asks for one row. */
export async function probePostgres(host: string, port: number, password: string): Promise<void> {
  await withPostgres(postgresUrl({ host, port }, password, "postgres"), (sql) => sql`select 1`);
}

/** Makes the database unless it is there. */
export async function ensureDatabase(
  server: { host: string; port: number },
  password: string,
  name: string,
): Promise<void> {
  await withPostgres(postgresUrl(server, password, "postgres"), async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`;
  });
}

/** Runs statements on a connection of their own. */
export async function withPostgres<T>(url: string, action: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    return await action(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

export function postgresUrl(
  { host, port }: { host: string; port: number },
  password: string,
  database: string,
): string {
  return `postgres://${clusterUser}:${password}@${host}:${port}/${database}`;
}
