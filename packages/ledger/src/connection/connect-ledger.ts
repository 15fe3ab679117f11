import postgres from "postgres";
import { socketOpener } from "./open-socket.ts";

/** The connection pool as every function of this package takes it: bigint is a `number`, columns come back in camelCase. */
export type Sql = postgres.Sql<{ bigint: number }>;

/** A pool or a transaction of it. */
export type Queryable = postgres.ISql<{ bigint: number }>;

export interface Ledger {
  sql: Sql;
  /** Waits for running statements (at most 5 s), then closes every connection. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** Connections at most. Default 10. */
  max?: number;
  /** Shown in `pg_stat_activity`. Default `hikyaku`. */
  applicationName?: string;
  onNotice?: (notice: { message?: string }) => void;
}

/** Opens a pool. Nothing is connected before the first statement. */
export function connectLedger(url: string, options: LedgerOptions = {}): Ledger {
  const sql = postgres(url, {
    ...{ socket: socketOpener() },
    max: options.max ?? 10,
    backoff,
    // Seconds, both; the driver's own 30 and 60 are spent on an address that a failover has left behind.
    connect_timeout: 10,
    keep_alive: 10,
    connection: {
      application_name: options.applicationName ?? "hikyaku",
      options: planning.map(([name, value]) => `-c ${name}=${value}`).join(" "),
    },
    // Counts and row numbers stay far below 2^53.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    transform: { undefined: null, column: { from: postgres.toCamel } },
    onnotice: (notice) => options.onNotice?.(notice),
  });
  return { sql, close: () => sql.end({ timeout: 5 }) };
}

/**
 * Seconds until a connection is tried again. The attempts of all connections are counted together, and the driver's own way waits up to 20
 * seconds from the seventh on: a server that is back would be waited for so long, and who reaches it first would take the others for dead.
 */
function backoff(attempts: number): number {
  return Math.min(0.5, 0.05 * attempts) * (0.5 + Math.random() / 2);
}

/**
 * Every statement of this package reaches its rows through an index, and is planned once per connection, often before the
 * table has rows or statistics. A planner that guesses then may keep a full scan for the millions that come later; so it is
 * told. (One start parameter, `options`, for those who must list it in PgBouncer's `ignore_startup_parameters`.)
 */
const planning = [
  ["plan_cache_mode", "force_generic_plan"],
  ["enable_seqscan", "off"],
  ["enable_bitmapscan", "off"],
  ["enable_hashjoin", "off"],
  ["enable_mergejoin", "off"],
  ["enable_material", "off"],
  // Compiling a statement costs more than running it.
  ["jit", "off"],
] as const;
