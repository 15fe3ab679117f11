import { type CampaignReport, campaignReport, type Sql } from "@hikyaku/ledger";

/** Reports for pages that are looked at again and again: reading every row of a large campaign takes seconds. */
export interface ReportCache {
  /** The newest there is, and when it was read; null when it takes longer than a page may wait. */
  reportOf(campaignId: string): Promise<{ report: CampaignReport; readAt: Date } | null>;
}

interface Entry {
  latest: { report: CampaignReport; readAt: Date } | null;
  reading: Promise<void> | null;
  dueAt: number;
}

const pageWaitsMs = 1_000;
const leastMs = 5_000;
/** Reading costs at most this share of the time. */
const share = 0.05;
const mostKept = 50;

export function createReportCache({ sql }: { sql: Sql }): ReportCache {
  const entries = new Map<string, Entry>();

  async function read(campaignId: string, entry: Entry): Promise<void> {
    const startedAt = performance.now();
    try {
      const report = await campaignReport(sql, { campaignId });
      if (report) entry.latest = { report, readAt: new Date() };
    } finally {
      const tookMs = performance.now() - startedAt;
      entry.dueAt = performance.now() + Math.max(leastMs, tookMs / share);
      entry.reading = null;
    }
  }

  return {
    async reportOf(campaignId) {
      const entry = entries.get(campaignId) ?? { latest: null, reading: null, dueAt: 0 };
      if (entries.size >= mostKept && !entries.has(campaignId)) entries.delete(entries.keys().next().value ?? "");
      entries.set(campaignId, entry);
      if (!entry.reading && performance.now() >= entry.dueAt) entry.reading = read(campaignId, entry);
      if (!entry.latest && entry.reading) await Promise.race([entry.reading, after(pageWaitsMs)]);
      // A page that has something older shows it; whoever waits for nothing must not make it crash later.
      entry.reading?.catch(() => {});
      return entry.latest;
    },
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
