import { campaignCounts, campaignReport, countRows, findCampaign } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test, vi } from "vitest";
import { fateOf, numberOf, smsRoute, startSensSystem } from "./system.ts";

vi.setConfig({ testTimeout: 120_000 });

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => numberOf(from + n));

test("the results of a request are learnt with one list call, and the campaign finishes", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  await system.start("poller");
  const campaignId = await system.campaign(numbers(1_500));

  await system.reached(campaignId, { delivered: 1_500 });

  const { sends, duplicates } = system.simulator.metrics();
  // On a machine under load a living worker may be taken for dead, and what it had in flight is looked up, by time.
  const asked = system.simulator
    .requests()
    .filter(({ method, target }) => method === "GET" && target.includes("/messages"))
    .filter(({ target }) => !target.includes("requestStartTime="));
  // Each request once when all its results are there; some are asked about while a part of it is open.
  expect(asked.length).toBeLessThan(4 * sends);
  expect(asked.every(({ target }) => target.includes("?requestId=") && target.includes("pageSize=100"))).toBe(true);
  expect(duplicates.count).toBe(0);
  await waitFor(async () => (await findCampaign(system.ledger.sql, { id: campaignId }))?.state === "finished", {
    what: "the campaign to finish",
  });
  expect(await countRows(system.ledger.sql, { campaignId })).toEqual(
    await campaignCounts(system.ledger.sql, { campaignId }),
  );
});

test("an SMS that the carrier sent in a message's place is its second leg, with a result of its own", async () => {
  await using system = await startSensSystem({
    simulator: { timing: { resultMs: 20, listedAfterMs: 0, failoverMs: 20, smsMs: 2_000 } },
  });
  await system.start("worker");
  await system.start("poller");
  const fates = [fateOf("3019", 1), fateOf("3019", 2), fateOf("3020", 3), fateOf("9901", 4), fateOf("9902", 5)];
  const campaignId = await system.campaign([...numbers(40), ...fates], { failover: true });

  await system.reached(campaignId, { delivered: 40, failed: 5 });
  const { sql } = system.ledger;
  await waitFor(async () => (await findCampaign(sql, { id: campaignId }))?.state === "finished", {
    what: "the second legs to end",
    timeoutMs: 20_000,
  });

  const first = new Map((await system.messages(campaignId, 1)).map((message) => [message.id, message]));
  const second = await system.messages(campaignId, 2);
  const shown = second.map(({ firstLeg, recipient, state, channel, reason, providerMessageId }) => ({
    ...{ recipient, state, channel, reason, of: first.get(firstLeg ?? "")?.reason, hasId: providerMessageId !== null },
  }));
  const sent = { channel: "sms", hasId: true };
  expect(shown.sort((a, b) => (a.recipient < b.recipient ? -1 : 1))).toEqual([
    { ...sent, recipient: fates[0], state: "delivered", reason: null, of: expect.stringContaining("3019") },
    { ...sent, recipient: fates[1], state: "delivered", reason: null, of: expect.stringContaining("3019") },
    { ...sent, recipient: fates[2], state: "delivered", reason: null, of: expect.stringContaining("3020") },
    {
      channel: "sms",
      recipient: fates[3],
      state: "rejected",
      reason: expect.stringContaining("did not take the SMS"),
      of: expect.any(String),
      hasId: false,
    },
    { ...sent, recipient: fates[4], state: "failed", reason: expect.stringContaining("3018"), of: expect.any(String) },
  ]);
  const report = await campaignReport(sql, { campaignId });
  expect(report?.secondLegs?.counts).toMatchObject({ delivered: 3, failed: 1, rejected: 1, total: 5 });
  expect(system.simulator.metrics().messages.sms).toBe(4);
});

test("an SMS route sends one by one, and its results are followed", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  await system.start("poller");
  const content = { text: "#{고객명}님, #{매장} #{일시}" };
  const campaignId = await system.campaign([...numbers(60), fateOf("9902")], { route: smsRoute, content });

  await system.reached(campaignId, { delivered: 60, failed: 1 });

  expect(system.simulator.metrics()).toMatchObject({ sends: 61, messages: { sms: 61 } });
});
