import {
  addSuppression,
  campaignCounts,
  findMessage,
  insertMessage,
  messageHistory,
  messagesOfRecipient,
  newId,
  pauseCampaign,
  resumeCampaign,
} from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts, waitForState } from "./wait-for-campaign.ts";
import { startWorkerWithClock } from "./worker-with-clock.ts";

const jst = (time: string) => new Date(`${time}+09:00`);
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => plainNumber(from + index));
const override = { rule: "window", reason: "an alarm", by: "test", at: "2026-12-01T00:00:00.000Z" } as const;

/** Numbers that the simulated gateway has accepted messages for. */
async function reached(system: TestSystem): Promise<string[]> {
  const { messages } = await system.control<{ messages: { to: string }[] }>("GET", "/sim/messages?limit=1000");
  return messages.map(({ to }) => to);
}

/** Goes out at any hour over the same route: when it is through, whatever could have been sent before it was looked at. */
async function witness(system: TestSystem, from: number): Promise<void> {
  const notice = await startTestCampaign(system, { recipients: numbers(from, 5), class: "transactional" });
  await waitForCounts(system, notice, ({ everAccepted }) => everAccepted === 5, { what: "the notice to go out" });
}

test("advertising outside 09:00-20:00 JST waits, also after a long pause and a resume across the limit; a suppression added meanwhile is honoured", async () => {
  await using system = await startSystem({ tps: 40 });
  const { sql } = system.ledger;
  let now = jst("2026-12-01T08:59:59.999");
  await using _worker = await startWorkerWithClock(system, () => now);
  const campaignId = await startTestCampaign(system, { recipients: numbers(0, 120), class: "advertising" });
  const counts = () => campaignCounts(sql, { campaignId });

  await witness(system, 1_000);
  expect(await counts()).toMatchObject({ queued: 120 });

  now = jst("2026-12-01T19:59:00");
  await waitForCounts(system, campaignId, ({ everAccepted }) => everAccepted >= 10, { what: "advertising to begin" });
  await pauseCampaign(sql, { campaignId, reason: "lunch" });
  const { everAccepted } = await waitForCounts(system, campaignId, ({ sending }) => sending === 0, {
    what: "what is in flight to be answered",
  });
  expect(everAccepted).toBeLessThan(120);

  // The operator resumes it in the evening.
  now = jst("2026-12-01T20:00:00");
  await resumeCampaign(sql, { campaignId });
  await addSuppression(sql, { recipient: plainNumber(119), reason: "停止" });
  await witness(system, 2_000);
  expect(await counts()).toMatchObject({ queued: 120 - everAccepted, everAccepted });

  // What has its window set aside goes out at once.
  const alarm = await startTestCampaign(system, {
    ...{ recipients: numbers(3_000, 5), class: "advertising", overrides: [override] },
  });
  await waitForCounts(system, alarm, (found) => found.everAccepted === 5, { what: "the alarm to go out" });
  expect(await counts()).toMatchObject({ everAccepted });

  now = jst("2026-12-02T09:00:00");
  await waitForState(system, campaignId, "dispatched");
  expect(await counts()).toMatchObject({ everAccepted: 119, suppressed: 1, queued: 0 });
  const got = (await reached(system)).filter((to) => numbers(0, 120).includes(to));
  expect(got.sort()).toEqual(numbers(0, 119).sort());
});

test("a window that shuts between a message's claim and its POST sends it back unharmed", async () => {
  await using system = await startSystem();
  const { sql } = system.ledger;
  let now = jst("2026-12-01T19:59:59");
  await using worker = await startWorkerWithClock(system, () => now);
  const single = newId();
  const campaignId = newId();
  await sql.begin(async (blocking) => {
    // Whoever claims waits for this transaction: the campaign's claims at its gate, the single message's at its row.
    await insertMessage(sql, {
      ...{
        id: single,
        route,
        recipient: plainNumber(500),
        content: { text: "セール" },
        segments: 1,
        class: "advertising",
      },
    });
    await blocking`select from message where id = ${single} for update`;
    await worker.queue.addSingle(single);
    await blocking`select pg_advisory_xact_lock(claim_gate(${campaignId}::uuid))`;
    await startTestCampaign(system, { id: campaignId, recipients: numbers(0, 3), class: "advertising" });
    await waitFor(
      async () => {
        const [waiting] = await sql`
          select count(*) filter (where locktype = 'advisory') as campaigns,
                 count(*) filter (where locktype in ('transactionid', 'tuple')) as singles
          from pg_locks where not granted
            and pid in (select pid from pg_stat_activity where datname = current_database())`;
        return waiting?.campaigns >= 1 && waiting?.singles >= 1;
      },
      { what: "the claims to wait" },
    );
    now = jst("2026-12-01T20:00:00");
  });

  await waitForCounts(system, campaignId, ({ sending }) => sending === 0, { what: "the claims to be given back" });
  await waitFor(async () => (await findMessage(sql, { id: single }))?.dueAt, { what: "the single message to wait" });
  await witness(system, 1_000);
  expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 3, everAccepted: 0 });
  const message = await findMessage(sql, { id: single });
  expect(message).toMatchObject({ state: "queued", attempts: 0, reason: "its delivery window has shut" });
  // By the clock of the ledger, which is the real one: 13 hours from now.
  const waitMs = (message?.dueAt?.getTime() ?? 0) - Date.now();
  expect(waitMs / 3_600_000).toBeCloseTo(13, 1);
  expect(await messageHistory(sql, { id: single })).toContainEqual(
    expect.objectContaining({ what: "attempt", detail: expect.stringContaining("its delivery window has shut") }),
  );

  now = jst("2026-12-02T09:00:00");
  await sql`update message set due_at = now() where due_at is not null`;
  await waitForState(system, campaignId, "dispatched");
  await waitFor(async () => (await findMessage(sql, { id: single }))?.acceptedAt, { what: "the single message to go" });
  expect((await reached(system)).filter((to) => [...numbers(0, 3), plainNumber(500)].includes(to))).toHaveLength(4);
});

test("the windows of a class are those of the configuration, for what was scheduled before it too", async () => {
  await using system = await startSystem();
  const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  await system.configure({ windows: { advertising: `${hour(2)}-${hour(4)} UTC`, dunning: "00:00-24:00" } });
  const worker = await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(0, 5), class: "advertising" });
  const dunning = await startTestCampaign(system, { recipients: numbers(10, 5), class: "dunning" });
  await waitForState(system, dunning, "dispatched");
  await witness(system, 1_000);
  expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ queued: 5 });
  const [message] = await messagesOfRecipient(system.ledger.sql, { recipient: plainNumber(0), limit: 1 });
  expect(message).toMatchObject({ state: "queued", attempts: 0 });

  await worker.kill("SIGTERM");
  await system.configure({ windows: { advertising: `${hour(-1)}-${hour(1)} UTC` } });
  await system.start("worker");
  await waitForState(system, campaignId, "dispatched");
});
