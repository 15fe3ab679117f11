import { expect, test } from "vitest";
import { claim, feedUpTo, givenReady, givenRunning, resultFor, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  findCampaign,
  pauseCampaign,
  recordChecks,
  recordOutcomes,
  resendUnknown,
  startCampaign,
} from "../index.ts";

test("a campaign is dispatched when nothing is left to send and finished when every message has its answer", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 2);
  const { claim: token, worker } = await claim(sql, ids);
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [], finished: [] });
  await recordOutcomes(sql, { worker, results: ids.map((id) => resultFor(id, token, { to: "accepted" })) });
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [campaignId], finished: [] });
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({
    state: "dispatched",
    dispatchedAt: expect.any(Date),
  });
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [], finished: [] });

  const delivered = (messageId: string) =>
    ({ messageId, answer: "state", state: "delivered", at: null, rawStatus: "delivered" }) as const;
  await recordChecks(sql, ids.map(delivered));
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [], finished: [campaignId] });
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({
    state: "finished",
    finishedAt: expect.any(Date),
  });
});

test("an unknown message keeps a campaign from being finished, and runs it again when it is resent", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 1);
  await feedUpTo(sql, { campaignId }, ids[0]);
  await send(sql, ids, { to: "unknown" });
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [campaignId], finished: [] });
  await resendUnknown(sql, { campaignId });
  expect(await advanceCampaigns(sql)).toEqual({ dispatched: [], finished: [] });
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({
    state: "running",
    dispatchedAt: null,
    feedCursor: null,
  });
});

test("a campaign without messages is finished in one call", async () => {
  await using ledger = await openTestLedger();
  const { campaignId } = await givenReady(ledger.sql, 0);
  await startCampaign(ledger.sql, { campaignId });
  expect(await advanceCampaigns(ledger.sql)).toEqual({ dispatched: [campaignId], finished: [campaignId] });
});

test("a paused campaign stays paused, whatever its messages came to", async () => {
  await using ledger = await openTestLedger();
  const { campaignId, ids } = await givenRunning(ledger.sql, 1);
  await send(ledger.sql, ids, { to: "rejected" });
  await pauseCampaign(ledger.sql, { campaignId, reason: "test" });
  expect(await advanceCampaigns(ledger.sql)).toEqual({ dispatched: [], finished: [] });
});
