import { setTimeout as pass } from "node:timers/promises";
import { countRows } from "@hikyaku/ledger";
import { startRelay } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { createProducer } from "../src/index.ts";
import { freshProducer, people } from "./fresh-producer.ts";

test("an import whose connections are reset fails as a promise, and goes on by the same call: nobody twice, nobody missing", async () => {
  await using fresh = await freshProducer();
  await using relay = await startRelay(fresh.options.databaseUrl);
  await using hikyaku = await createProducer({ ...fresh.options, databaseUrl: relay.url });
  const request = { key: "reset", route: "coupon-sms", text: "#{name}様、クーポンをお送りします。", start: false };
  const rows = 60_000;
  let cuts = 0;
  const failures: unknown[] = [];
  async function* recipients() {
    let row = 0;
    for (const person of people(rows)) {
      if (++row % 3_700 === 0 && failures.length < 3) {
        // At another moment of what the last rows set in motion each time.
        await pass(7 * (cuts++ % 12));
        relay.cut();
      }
      yield person;
    }
  }
  let result: Awaited<ReturnType<typeof hikyaku.enqueueCampaign>> | undefined;
  while (result === undefined) {
    result = await hikyaku.enqueueCampaign({ ...request, recipients: recipients() }).catch((error) => {
      failures.push(error.code);
      return undefined;
    });
  }
  expect(failures.filter((code) => !/^CONNECTION_|^ECONNRESET$|^EPIPE$/.test(String(code)))).toEqual([]);
  expect(failures.length).toBeGreaterThan(2);
  expect(result).toMatchObject({ recipients: rows, duplicates: 0, rejected: 0, state: "ready" });
  expect(await countRows(fresh.sql, { campaignId: result.id })).toMatchObject({ queued: rows });
}, 120_000);
