import { expect, test } from "vitest";
import {
  cancelCampaign,
  expireQueued,
  listMessages,
  nextToFeed,
  operatorFigures,
  retryFailed,
  sweepCancelled,
} from "../src/index.ts";
import { givenRunning } from "./given.ts";
import { openTestLedger } from "./test-ledger.ts";

test("statistics that know one campaign only lead no statement along the primary key, through campaigns that come later", async () => {
  await using ledger = await openTestLedger();
  await ledger.sql`alter table message set (autovacuum_enabled = false)`;
  const { campaignId } = await givenRunning(ledger.sql, 5_000);
  await ledger.sql`analyze message`;
  const { sql } = ledger.connect({ max: 1 });
  await nextToFeed(sql, { campaignId, after: null, limit: 50 });
  await listMessages(sql, { campaignId, limit: 50 });
  await operatorFigures(sql);
  await retryFailed(sql, { campaignId });
  await expireQueued(sql, { limit: 10 });
  await cancelCampaign(sql, { campaignId });
  await sweepCancelled(sql, { limit: 10 });

  const prepared = await sql<{ name: string; statement: string; parameters: number }[]>`
    select name, statement, cardinality(parameter_types) as parameters from pg_prepared_statements
    where statement ~ '\\mmessage\\M'`.simple();
  expect(prepared.length).toBeGreaterThan(5);
  for (const { name, statement, parameters } of prepared) {
    const values = parameters > 0 ? `(${Array(parameters).fill("null").join(", ")})` : "";
    const plan = await sql.unsafe<Record<string, string>[]>(`explain (costs off) execute "${name}"${values}`);
    const lines = plan.map((row) => Object.values(row)[0] ?? "");
    const walks = lines.filter((line, index) => line.includes("message_pkey") && !/id = /.test(lines[index + 1] ?? ""));
    expect([statement, walks]).toEqual([statement, []]);
  }
});
