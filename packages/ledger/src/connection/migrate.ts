import { fileURLToPath } from "node:url";
import Postgrator from "postgrator";
import postgres from "postgres";

const migrationPattern = fileURLToPath(new URL("../../migrations/*.sql", import.meta.url));

/** `hikyaku` in ASCII, cut to 32 bits: one lock for everybody who changes this schema. */
const migrationLock = 0x68696b79;

export interface Migrated {
  /** File names of what was applied by this call, in order. */
  applied: string[];
  /** Version of the schema now. */
  version: number;
}

/**
 * Brings the schema to the newest version. Any number of processes may call at once: one works, the others wait and find
 * nothing to do. All or nothing: every pending migration and its entry in `schema_version` is one transaction.
 */
export async function migrate(url: string): Promise<Migrated> {
  const sql = postgres(url, { max: 1, connection: { application_name: "hikyaku migrate" }, onnotice: () => {} });
  try {
    return await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${migrationLock})`;
      const postgrator = await createPostgrator(transaction);
      const migrations = await postgrator.migrate();
      return {
        applied: migrations.map(({ filename }) => filename.slice(filename.lastIndexOf("/") + 1)),
        version: await postgrator.getDatabaseVersion(),
      };
    });
  } finally {
    await sql.end();
  }
}

/** The version of the connected schema, and the one this code was written for. */
export async function schemaVersion(
  sql: Pick<postgres.ISql, "unsafe">,
): Promise<{ current: number; expected: number }> {
  const postgrator = await createPostgrator(sql);
  return { current: await postgrator.getDatabaseVersion(), expected: await postgrator.getMaxVersion() };
}

async function createPostgrator(sql: Pick<postgres.ISql, "unsafe">): Promise<Postgrator> {
  const [{ database, schema }] = await sql.unsafe<[{ database: string; schema: string }]>(
    "select current_database() as database, current_schema() as schema",
  );
  return new Postgrator({
    migrationPattern,
    driver: "pg",
    database,
    schemaTable: `${schema}.schema_version`,
    execQuery: async (query) => ({ rows: await sql.unsafe(query) }),
    execSqlScript: async (script) => void (await sql.unsafe(script)),
  });
}
