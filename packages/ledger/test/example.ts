import { randomUUID } from "node:crypto";
import * as ledger from "@hikyaku/ledger";

const url = process.env.DATABASE_URL ?? "postgres://localhost/hikyaku";
await ledger.migrate(url);
const { sql, close } = ledger.connectLedger(url);

const [route, campaignId, worker, claim] = ["coupon-sms", ledger.newId(), ledger.newId(), randomUUID()];
await ledger.publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
const content = { text: "#{name} 様、クーポンです。" };
const requestHash = Buffer.from("hash over content and options");
await ledger.createCampaign(sql, {
  ...{ id: campaignId, key: "2026-12-coupon", name: "Coupons", route, content, variables: ["name"], requestHash },
});

await ledger.beginImport(sql, { campaignId });
const rows = ["山田", "佐藤"].map((name, index) => ({
  ...{ id: ledger.newId(), recipient: `+81901234567${index}`, line: index + 2, segments: 1, vars: [name] },
}));
const progress = { rows: 2, digest: Buffer.from("running digest"), rejected: 0, duplicates: 0 };
await ledger.appendRows(sql, { campaignId, route, round: 1, rows, progress });
await ledger.finishImport(sql, { campaignId, rejectedRows: 0, digest: progress.digest });
await ledger.startCampaign(sql, { campaignId });

await ledger.registerWorker(sql, { id: worker, kind: "sender", host: "localhost", pid: process.pid });
const ids = await ledger.nextToFeed(sql, { campaignId, after: null, limit: 50 });
for (const { id, vars } of await ledger.claimBatch(sql, { ids, claim, worker, route })) {
  console.log("sending to", vars?.[0]); // committed as `sending`: the POST goes here, and what came of it is recorded
  const result = { id, claim, to: "accepted", outcome: "accepted", providerMessageId: randomUUID() } as const;
  await ledger.recordOutcomes(sql, { worker, results: [result] });
}
const { accepted, queued } = await ledger.campaignCounts(sql, { campaignId });
console.log({ accepted, queued });
await close();
