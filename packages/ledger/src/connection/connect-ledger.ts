import postgres from "postgres";

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
    max: options.max ?? 10,
    connection: {
      application_name: options.applicationName ?? "hikyaku",
      // Every statement here is short; compiling one costs more than running it.
      jit: "off",
    },
    // Counts and row numbers stay far below 2^53.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    transform: { undefined: null, column: { from: postgres.toCamel } },
    onnotice: (notice) => options.onNotice?.(notice),
  });
  return { sql, close: () => sql.end({ timeout: 5 }) };
}
