import {
  advanceCampaigns,
  appendRows,
  beginImport,
  claimBatch,
  closeUnknown,
  connectLedger,
  createCampaign,
  finishImport,
  type Ledger,
  migrate,
  newId,
  publishRoutes,
  recordOutcomes,
  registerWorker,
  startCampaign,
} from "@hikyaku/ledger";
import { createDatabase } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchCampaign } from "./watch-campaign.ts";

const route = "kakao";
let database: Awaited<ReturnType<typeof createDatabase>>;
let ledger: Ledger;

beforeAll(async () => {
  database = await createDatabase();
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 2 });
});

afterAll(async () => {
  await ledger?.close();
  await database?.drop();
});

/** A campaign of one message, on its way. */
async function givenRunning() {
  const { sql } = ledger;
  const [campaignId, id] = [newId(), newId()];
  const digest = Buffer.from("digest");
  await createCampaign(sql, {
    ...{ id: campaignId, key: campaignId, name: "One", route, content: { text: "Hello" }, variables: [] },
    requestHash: digest,
  });
  await beginImport(sql, { campaignId });
  await appendRows(sql, {
    ...{ campaignId, route, round: 1 },
    rows: [{ id, recipient: "+821000000001", line: 1, segments: 1, vars: [] }],
    progress: { rows: 1, digest, rejected: 0, duplicates: 0 },
  });
  await finishImport(sql, { campaignId, rejectedRows: 0, digest });
  await startCampaign(sql, { campaignId });
  return { campaignId, id };
}

/** … which was sent, and nobody knows what came of it. */
async function givenUnknown(nextCheckInMs: number | null) {
  const { sql } = ledger;
  await publishRoutes(sql, [{ name: route, provider: "sens", settings: {} }]);
  const { campaignId, id } = await givenRunning();
  const [claim, worker] = [newId(), newId()];
  await registerWorker(sql, { id: worker, kind: "sender", host: "localhost", pid: process.pid });
  await claimBatch(sql, { ids: [id], claim, worker, route });
  await recordOutcomes(sql, { worker, results: [{ id, claim, to: "unknown", outcome: "unknown", nextCheckInMs }] });
  await advanceCampaigns(sql);
  return campaignId;
}

describe("waiting for receipts when only unknown messages are left", () => {
  const silent = { update: () => {}, say: () => {}, stop: () => {} };

  test("ends where nothing clears them up", async () => {
    const campaignId = await givenUnknown(null);
    const watched = await watchCampaign({
      ...{ sql: ledger.sql, campaignId, limit: null, until: "receipts", progress: silent },
    });
    expect(watched).toMatchObject({ end: "only unknown left", counts: { unknown: 1 } });
  });

  test("goes on while the carrier is to be asked about them, and sees what came of it", async () => {
    const { sql } = ledger;
    const campaignId = await givenUnknown(60_000);
    let looks = 0;
    const progress = {
      ...silent,
      update: () => {
        looks += 1;
        // The second look is one after it would have ended.
        if (looks === 2) void closeUnknown(sql, { campaignId }).then(() => advanceCampaigns(sql));
      },
    };
    const watched = await watchCampaign({ sql, campaignId, limit: null, until: "receipts", progress });
    expect(watched).toMatchObject({ end: "finished", counts: { unknown: 0, expired: 1 } });
    expect(looks).toBeGreaterThan(1);
  });

  test("and no longer than was asked for", async () => {
    const campaignId = await givenUnknown(60_000);
    const watched = await watchCampaign({
      ...{ sql: ledger.sql, campaignId, limit: null, until: "receipts", patienceMs: 500, progress: silent },
    });
    expect(watched).toMatchObject({ end: "out of patience", counts: { unknown: 1 } });
  });
});

test.each([
  [1, 20],
  // It counts requests, and what is beside it counts messages.
  [100, null],
])("a limit on requests of %s messages is shown beside the rate as %s", async (messagesPerRequest, shown) => {
  const { sql } = ledger;
  const { campaignId } = await givenRunning();
  const interruption = new AbortController();
  const limits: unknown[] = [];
  const progress = {
    update: ({ limit }: { limit?: number | null }) => {
      limits.push(limit);
      interruption.abort();
    },
    ...{ say: () => {}, stop: () => {} },
  };
  const limit = { tps: 20, messagesPerRequest };
  await watchCampaign({ sql, campaignId, limit, until: "sent", progress, signal: interruption.signal });
  expect(limits).toEqual([shown]);
});
