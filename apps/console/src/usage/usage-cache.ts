import { type Sql, type UsageRow, usageOfMonth } from "@hikyaku/ledger";

/** A month's usage for pages that many may open at once: reading it takes about a second per million messages. */
export interface UsageCache {
  /** The newest there is, and when it was read; waits for it when there is none. */
  usageOf(month: string): Promise<{ rows: UsageRow[]; readAt: Date }>;
}

const leastMs = 5_000;
/** Reading costs at most this share of the time. */
const share = 0.05;
const mostKept = 24;

export function createUsageCache({ sql, timeZone }: { sql: Sql; timeZone: string }): UsageCache {
  const months = new Map<string, { reading: Promise<{ rows: UsageRow[]; readAt: Date }>; dueAt: number }>();

  async function read(month: string): Promise<{ rows: UsageRow[]; readAt: Date }> {
    const startedAt = performance.now();
    try {
      const rows = await usageOfMonth(sql, { month, timeZone });
      const entry = months.get(month);
      if (entry) entry.dueAt = performance.now() + Math.max(leastMs, (performance.now() - startedAt) / share);
      return { rows, readAt: new Date() };
    } catch (error) {
      // A failure is not remembered: the ledger may just have been away.
      months.delete(month);
      throw error;
    }
  }

  return {
    async usageOf(month) {
      const known = months.get(month);
      if (known && performance.now() < known.dueAt) return await known.reading;
      if (months.size >= mostKept) months.delete(months.keys().next().value ?? "");
      const entry = { reading: read(month), dueAt: Number.POSITIVE_INFINITY };
      months.set(month, entry);
      return await entry.reading;
    },
  };
}
