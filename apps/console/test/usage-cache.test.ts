import { connectLedger, migrate } from "@hikyaku/ledger";
import { createDatabase } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { createUsageCache } from "../src/usage/usage-cache.ts";

test("pages that ask at once share one reading, months are apart, and a failure is asked again", async () => {
  await using database = await createDatabase();
  const ledger = connectLedger(database.url, { max: 2 });
  try {
    const cache = createUsageCache({ sql: ledger.sql, timeZone: "Asia/Tokyo" });
    // The ledger has no tables yet.
    await expect(cache.usageOf("2026-11")).rejects.toThrow("does not exist");
    await migrate(database.url);
    const [first, second, other] = await Promise.all(
      ["2026-11", "2026-11", "2026-10"].map((month) => cache.usageOf(month)),
    );
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await cache.usageOf("2026-11")).toBe(first);
    expect(first).toEqual({ rows: [], readAt: expect.any(Date) });
  } finally {
    await ledger.close();
  }
});
