import { expect, test } from "vitest";
import { givenRunning, givenSingle, message, messages, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { cancelCampaign, resendUnknown, settleUnknown, sweepCancelled } from "../index.ts";

test("an unknown message of a cancelled campaign is not sent again, and not counted as such", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const cancelled = await givenRunning(sql, 2);
  const running = await givenRunning(sql, 1);
  const single = await givenSingle(sql);
  const ids = [...cancelled.ids, ...running.ids, single.id];
  await send(sql, ids, { to: "unknown" });
  await cancelCampaign(sql, cancelled);
  expect(await resendUnknown(sql, { ids })).toBe(2);
  expect(await sweepCancelled(sql, { limit: 10 })).toBe(0);
  expect((await messages(sql, ids)).map(({ state }) => state)).toEqual(["unknown", "unknown", "queued", "queued"]);
});

test.for([
  { name: "an operator", resend: (sql: Sql, { campaignId }: Given) => resendUnknown(sql, { campaignId }) },
  {
    name: "a policy",
    resend: async (sql: Sql) =>
      (await settleUnknown(sql, { route, policy: "hold", reconcileAfterMs: 0, limit: 10 })).resent,
  },
])(
  "$name who resends while the campaign is being cancelled changes nothing about the cancel's answer",
  async ({ resend }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const given = await givenRunning(sql, 1, { onUnknown: "resend" });
    await send(sql, given.ids, { to: "unknown" });
    const other = ledger.connect({ max: 1 });
    let resending: Promise<number> | undefined;
    await sql.begin(async (transaction) => {
      await transaction`update campaign set state = 'cancelled', cancelled_at = now() where id = ${given.campaignId}`;
      resending = resend(other.sql, given);
      resending.catch(() => {});
      // It has answered already, or waits for the campaign's row.
      const waiting = async () =>
        (await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).count;
      await Promise.race([resending, expect.poll(waiting, { interval: 5 }).toBeGreaterThan(0)]);
    });
    expect(await resending).toBe(0);
    expect((await message(sql, given.ids[0])).state).toBe("unknown");
  },
);

type Sql = Awaited<ReturnType<typeof openTestLedger>>["sql"];
type Given = Awaited<ReturnType<typeof givenRunning>>;
