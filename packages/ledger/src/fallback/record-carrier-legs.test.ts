import { expect, test } from "vitest";
import { givenSingle, message, route } from "../../test/given.ts";
import { givenSentByRcs, report, secondLegOf, settle } from "../../test/given-fallback.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { campaignCounts, countRows, newId, recordCarrierLegs, takeDueChecks } from "../index.ts";

test("what the carrier sent by itself stands there as accepted, is followed by its own id, and nothing of ours follows", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenSentByRcs(sql, 1);
  const id = newId();
  const leg = { id, firstLeg: ids[0] ?? "", channel: "sms", providerMessageId: "sms-1", segments: 2, nextCheckInMs: 0 };

  expect(await recordCarrierLegs(sql, [leg])).toEqual([id]);
  expect(await recordCarrierLegs(sql, [{ ...leg, id: newId() }])).toEqual([]);

  expect(await secondLegOf(sql, ids[0])).toMatchObject({
    ...{ id, campaignId, route, state: "accepted", attempts: 0, segments: 2, channel: "sms", vars: ["name 1"] },
  });
  expect((await message(sql, ids[0])).fallbackAt).toBeNull();
  expect((await settle(sql, ids)).begun).toEqual([]);
  const due = await takeDueChecks(sql, { route, limit: 9, leaseMs: 1_000 });
  expect(due.map((check) => check.providerMessageId)).toEqual(["sms-1"]);
  expect(await report(sql, id, "delivered")).toMatchObject({ state: "delivered" });
  expect(await campaignCounts(sql, { campaignId, leg: 2 })).toMatchObject({ delivered: 1, segmentsAccepted: 2 });
  expect(await campaignCounts(sql, { campaignId, leg: 2 })).toEqual(await countRows(sql, { campaignId, leg: 2 }));
});

test("also of a single message; of a message nobody knows there is none", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id: firstLeg } = await givenSingle(sql);
  const legs = [firstLeg, newId()].map((first) => ({
    ...{ id: newId(), firstLeg: first, channel: "sms", providerMessageId: `sms-${first}`, segments: 1 },
  }));
  expect(await recordCarrierLegs(sql, legs)).toEqual([legs[0]?.id]);
  expect(await secondLegOf(sql, firstLeg)).toMatchObject({ campaignId: null, state: "accepted", nextCheckAt: null });
});

test("what the carrier did not take stands there as rejected, costs nothing and owes nothing", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenSentByRcs(sql, 1);
  const leg = { id: newId(), firstLeg: ids[0] ?? "", channel: "sms", providerMessageId: null, segments: 1 };
  await recordCarrierLegs(sql, [{ ...leg, refusal: "refused 400", nextCheckInMs: 0 }]);
  expect(await message(sql, leg.id)).toMatchObject({
    ...{ state: "rejected", reason: "refused 400", acceptedAt: null, nextCheckAt: null, endedAt: expect.any(Date) },
  });
  expect(await campaignCounts(sql, { campaignId, leg: 2 })).toMatchObject({ rejected: 1, segmentsAccepted: 0 });
});
