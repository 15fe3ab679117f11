import {
  campaignCounts,
  cancelCampaign,
  countRows,
  findCampaign,
  findRoute,
  pauseCampaign,
  resumeCampaign,
} from "@hikyaku/ledger";
import { startRedis, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { magicNumber, plainNumber, startTestCampaign } from "./import-recipients.ts";
import { botId, route, startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts, waitForState } from "./wait-for-campaign.ts";

interface SimulatorMetrics {
  accepted: number;
  duplicates: { count: number };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
const metricsOf = (system: TestSystem) => system.control<SimulatorMetrics>("GET", "/sim/metrics");

test("SIGKILL of a worker loses nothing and doubles nothing; what was in flight is unknown and adopted by its receipt", async () => {
  await using system = await startSystem({ concurrency: 40, simulator: { acceptDelayMs: 80 } });
  await system.start("receiver");
  const doomed = await system.start("worker");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(2_000) });
  await waitForCounts(system, campaignId, (counts) => counts.queued < 1_600, { what: "the campaign to be under way" });

  await doomed.kill("SIGKILL");

  const counts = await waitForCounts(system, campaignId, ({ delivered, unknown }) => delivered + unknown === 2_000, {
    what: "every message to be delivered or in doubt",
    timeoutMs: 60_000,
  });
  expect(await countRows(system.ledger.sql, { campaignId })).toEqual(counts);
  // Whatever the gateway took is known to be delivered; only what it never saw stays in doubt, and that is little.
  const metrics = await metricsOf(system);
  expect(metrics).toMatchObject({ accepted: counts.delivered, duplicates: { count: 0 } });
  expect(counts.unknown).toBeLessThanOrEqual(40);
}, 90_000);

test("SIGTERM in the middle drains: nothing lost, doubled or in doubt", async () => {
  await using system = await startSystem({ concurrency: 40, simulator: { acceptDelayMs: 80 } });
  await system.start("receiver");
  const leaving = await system.start("worker");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(1_500) });
  await waitForCounts(system, campaignId, (counts) => counts.queued < 1_200, { what: "the campaign to be under way" });

  const exit = await leaving.kill("SIGTERM");

  expect(exit).toEqual({ code: 0, signal: null });
  await waitForState(system, campaignId, "finished", 60_000);
  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 1_500, unknown: 0 });
  expect(await metricsOf(system)).toMatchObject({ accepted: 1_500, duplicates: { count: 0 } });
}, 90_000);

test("FLUSHALL in the middle of a campaign: it finishes, nothing lost or doubled", async () => {
  await using redis = await startRedis();
  await using system = await startSystem({ redis, concurrency: 20, simulator: { acceptDelayMs: 20 } });
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(3_000) });
  await waitForCounts(system, campaignId, (counts) => counts.queued < 2_600, { what: "the campaign to be under way" });

  const admin = new Redis(redis.url);
  await admin.flushall();
  await admin.quit();

  await waitForState(system, campaignId, "finished", 80_000);
  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 3_000 });
  expect(await metricsOf(system)).toMatchObject({ accepted: 3_000, duplicates: { count: 0 } });
}, 120_000);

test("cancel answers exactly, and no POST follows", async () => {
  await using system = await startSystem({ tps: 100, concurrency: 20 });
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(2_000) });
  await waitForCounts(system, campaignId, (counts) => counts.accepted > 60, { what: "the campaign to be under way" });

  const cancelled = await cancelCampaign(system.ledger.sql, { campaignId });

  await waitForCounts(system, campaignId, (counts) => counts.sending + counts.queued === 0, {
    what: "all rows to be marked",
  });
  const counts = await campaignCounts(system.ledger.sql, { campaignId });
  const accepted = (await metricsOf(system)).accepted;
  expect(cancelled).toMatchObject({ stopped: counts.cancelled });
  expect((cancelled?.sent ?? 0) + (cancelled?.inFlight ?? 0)).toBe(accepted);
  expect(counts.cancelled + accepted).toBe(2_000);
}, 60_000);

test("a paused campaign stands still and goes on where it was", async () => {
  await using system = await startSystem({ tps: 100, concurrency: 20 });
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(400) });
  await waitForCounts(system, campaignId, (counts) => counts.queued < 350, { what: "the campaign to be under way" });

  await pauseCampaign(system.ledger.sql, { campaignId, reason: "a look at the first ones" });
  await waitForCounts(system, campaignId, (counts) => counts.sending === 0, { what: "what was in flight to be over" });
  const standing = (await metricsOf(system)).accepted;
  await resumeCampaign(system.ledger.sql, { campaignId });

  await waitForState(system, campaignId, "finished", 40_000);
  expect(standing).toBeLessThan(400);
  expect(await metricsOf(system)).toMatchObject({ accepted: 400, duplicates: { count: 0 } });
}, 60_000);

test("401 holds the route after one answer, harms no message, and a probe resumes it", async () => {
  await using system = await startSystem({
    concurrency: 1,
    config: { hold: { probeEvery: "500ms" } },
    routeConfig: { basicAuth: { user: "user", password: "wrong" } },
  });
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(50) });
  await waitFor(async () => (await findRoute(system.ledger.sql, route))?.heldCause === "credentials", {
    what: "the hold",
  });
  await waitFor(async () => ((await findRoute(system.ledger.sql, route))?.probeCount ?? 0) >= 2, { what: "probes" });

  const counts = await campaignCounts(system.ledger.sql, { campaignId });

  expect(counts.queued + counts.sending).toBe(50);
  expect(counts).toMatchObject({ failed: 0, rejected: 0, unknown: 0 });
}, 60_000);

test("a campaign whose first messages are all rejected pauses itself and says why", async () => {
  await using system = await startSystem({ routeConfig: { smsNumber: "0399999999" } });
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(500) });

  await waitForState(system, campaignId, "paused");

  const campaign = await findCampaign(system.ledger.sql, { id: campaignId });
  const counts = await campaignCounts(system.ledger.sql, { campaignId });
  expect(campaign?.pauseReason).toContain("first 20 messages");
  expect(counts).toMatchObject({ rejected: 20, queued: 480 });
}, 60_000);

test("503 costs a message nothing: it is delivered once, and the rate is lowered", async () => {
  await using system = await startSystem({ tps: 50, concurrency: 20 });
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: [...numbers(30), magicNumber(53)] });

  await waitForState(system, campaignId, "finished", 40_000);

  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 31 });
  expect(await metricsOf(system)).toMatchObject({ accepted: 31, duplicates: { count: 0 } });
}, 60_000);

test("accepted without an answer is unknown, never sent again, and adopted by its notification", async () => {
  await using system = await startSystem();
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: [...numbers(20), magicNumber(61)] });

  await waitForState(system, campaignId, "finished", 40_000);

  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 21, unknown: 0 });
  expect(await metricsOf(system)).toMatchObject({ accepted: 21, duplicates: { count: 0 } });
}, 60_000);

test("accepted without an id is found by its notification's recipient", async () => {
  await using system = await startSystem();
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, {
    recipients: [...numbers(20), magicNumber(62), magicNumber(63)],
  });

  await waitForState(system, campaignId, "finished", 40_000);

  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 22 });
  expect(await metricsOf(system)).toMatchObject({ accepted: 22, duplicates: { count: 0 } });
}, 60_000);

test("a notification that never comes is replaced by the status API", async () => {
  await using system = await startSystem({ routeConfig: { receiptGrace: "1s" } });
  await system.start("receiver");
  await system.start("poller");
  await system.start("worker");
  await system.control("PUT", `/sim/accounts/${botId}`, { smsResultUrl: null });
  const campaignId = await startTestCampaign(system, { recipients: numbers(40) });

  await waitForState(system, campaignId, "finished", 40_000);

  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 40 });
}, 60_000);
