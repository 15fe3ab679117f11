import { expect, test } from "vitest";
import { feedUpTo, givenReady, givenRunning, route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  advanceCursor,
  cancelCampaign,
  feedable,
  findCampaign,
  holdRoute,
  pauseCampaign,
  releaseRoute,
  resumeCampaign,
} from "../index.ts";

test("a rewind that came between reading a campaign and moving its cursor is not lost", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 9);
  const [, second = "", , fourth = ""] = ids;
  const read = async () => (await feedable(sql, { route }))[0]?.version ?? "";
  const advance = (version: string | null, cursor: string) =>
    advanceCursor(sql, { campaignId, version: version ?? "", cursor });
  const cursorNow = async () => (await findCampaign(sql, { id: campaignId }))?.feedCursor;
  const pauseAndResume = async () => {
    await pauseCampaign(sql, { campaignId, reason: "look" });
    await resumeCampaign(sql, { campaignId });
  };

  // Nothing was fed yet: the cursor alone would not tell.
  const unfed = await read();
  await pauseAndResume();
  expect(await advance(unfed, second)).toBeNull();
  expect(await cursorNow()).toBeNull();

  const fed = await advance(await read(), second);
  expect(fed).toBe(await read());
  await pauseAndResume();
  expect(await advance(fed, fourth)).toBeNull();
  expect(await cursorNow()).toBeNull();

  // A feeder goes on from the version that its own step left.
  const again = await advance(await read(), second);
  expect(await advance(again, fourth)).not.toBeNull();
  expect(await cursorNow()).toBe(fourth);
});

test("how long ago a campaign was fed is told by the ledger's clock", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 2);
  expect(await feedable(sql, { route })).toMatchObject([{ sinceFedMs: null }]);
  await feedUpTo(sql, { campaignId }, ids[0]);
  await sql`update campaign set fed_at = now() - interval '90 seconds'`;
  const [campaign] = await feedable(sql, { route });
  expect(campaign?.sinceFedMs).toBeGreaterThanOrEqual(90_000);
  expect(campaign?.sinceFedMs).toBeLessThan(120_000);
});

test("releasing a route begins its campaigns again: their jobs were dropped while it was held", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const running = await givenRunning(sql, 2);
  const paused = await givenRunning(sql, 2);
  const other = await givenRunning(sql, 2, { route: "another-route" });
  const cancelled = await givenRunning(sql, 2);
  await givenReady(sql, 2);
  for (const { campaignId, ids } of [running, paused, other, cancelled]) {
    await feedUpTo(sql, { campaignId }, ids[1]);
  }
  await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
  await cancelCampaign(sql, cancelled);
  const cursors = () =>
    Promise.all(
      [running, paused, other, cancelled].map(
        async ({ campaignId }) => (await findCampaign(sql, { id: campaignId }))?.feedCursor,
      ),
    );
  const before = await cursors();
  expect(await releaseRoute(sql, { route })).toBe(false);
  expect(await cursors()).toEqual(before);
  await holdRoute(sql, { route, cause: "credentials", reason: "401", probeInMs: 1_000 });
  expect(await releaseRoute(sql, { route })).toBe(true);
  expect(await cursors()).toEqual([null, null, other.ids[1], cancelled.ids[1]]);
});
