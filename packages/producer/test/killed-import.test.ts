import { campaignCounts, countRows } from "@hikyaku/ledger";
import { spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { freshProducer } from "./fresh-producer.ts";

const script = new URL("import-process.ts", import.meta.url);

test("an import whose process is killed again and again ends with each recipient exactly once", async () => {
  await using fresh = await freshProducer();
  const { databaseUrl, redisUrl, redisPrefix } = fresh.options;
  const args = [databaseUrl, redisUrl, redisPrefix];
  for (const rows of [10_000, 30_000, 40_000]) {
    await using importer = spawnNode(script, { args: [...args, "hang"] });
    await importer.ready(new RegExp(`rows ${rows}\\b`), { timeoutMs: 60_000 });
    await importer.kill("SIGKILL");
  }
  const halfway = await fresh.hikyaku.findCampaign({ key: "2026-12-coupon" });
  expect(halfway?.state).toBe("importing");
  expect(halfway?.counts.total).toBeGreaterThanOrEqual(40_000);

  await using importer = spawnNode(script, { args });
  await importer.ready(/done 60000/, { timeoutMs: 60_000 });
  expect(await importer.exited).toMatchObject({ code: 0 });

  const campaign = await fresh.hikyaku.findCampaign({ key: "2026-12-coupon" });
  const campaignId = campaign?.id ?? "";
  expect(campaign).toMatchObject({ state: "running", rejected: 0, duplicates: 0, counts: { queued: 60_000 } });
  const [rows] = await fresh.sql`
    select count(*) as messages, count(distinct recipient) as recipients, count(distinct line) as lines,
           min(line) as first, max(line) as last
    from message`;
  expect(rows).toEqual({ messages: 60_000, recipients: 60_000, lines: 60_000, first: 1, last: 60_000 });
  expect(await countRows(fresh.sql, { campaignId })).toEqual(await campaignCounts(fresh.sql, { campaignId }));
}, 120_000);
