import { randomUUID } from "node:crypto";
import { messageStates, nextStates } from "@hikyaku/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addSuppression,
  advanceCampaigns,
  applyReceipts,
  campaignCounts,
  cancelCampaign,
  claimBatch,
  closeUnknown,
  countRows,
  deleteFinished,
  expireQueued,
  feedable,
  pauseCampaign,
  reapInFlight,
  recordChecks,
  recordOutcomes,
  removeSuppression,
  resendUnknown,
  resumeCampaign,
  retryFailed,
  type Sql,
  settleFallbacks,
  settleUnknown,
  storeReceipts,
  sweepCancelled,
  takeDue,
} from "../src/index.ts";
import {
  type GivenCampaign,
  givenRunning,
  givenWorker,
  receipt,
  recipientOf,
  resultFor,
  route,
  send,
} from "./given.ts";
import { openTestLedger } from "./test-ledger.ts";

interface World {
  sql: Sql;
  campaigns: GivenCampaign[];
  worker: string;
  /** Claims that were made, recorded or not. */
  claims: { claim: string; ids: string[] }[];
}

type Operation = (world: World) => Promise<unknown>;

/** The first twelve are the recipients; behind them come the second legs, as far as there are some. */
const some = fc.array(fc.nat({ max: 19 }), { minLength: 1, maxLength: 8 });
const which = fc.nat({ max: 1 });
const outcome = fc.oneof(
  { arbitrary: fc.constant("accepted" as const), weight: 3 },
  { arbitrary: fc.constantFrom("queued", "rejected", "failed", "unknown", "expired"), weight: 5 },
);
const reported = fc.constantFrom("sent", "delivered", "displayed", "failed", "revoked", "pending");

function idsOf({ campaigns }: World, campaign: number, picks: number[]): string[] {
  const { ids } = campaigns[campaign] ?? { ids: [] };
  return [...new Set(picks.map((pick) => ids[pick % ids.length] ?? ""))];
}

function campaignOf({ campaigns }: World, campaign: number): { campaignId: string } {
  return { campaignId: campaigns[campaign]?.campaignId ?? "" };
}

/** Begins second legs and remembers them. */
async function fallBack(world: World, campaign: number, picks: number[]): Promise<void> {
  const second = { route, segments: 2, content: null, fault: null };
  const candidates = idsOf(world, campaign, picks).map((id) => ({
    ...{ id, asked: "answered" as const, contentChannel: "rcs", second },
  }));
  const { begun } = await settleFallbacks(world.sql, candidates);
  world.campaigns[campaign]?.ids.push(...begun.map(({ id }) => id));
}

/** What happens all the time: claim, record, receipt, check, decide about second legs. */
const sending: fc.Arbitrary<Operation>[] = [
  fc.tuple(which, some).map(
    ([campaign, picks]) =>
      async (world) =>
        fallBack(world, campaign, picks),
  ),
  fc.tuple(which, some).map(([campaign, picks]) => async (world) => {
    const claim = randomUUID();
    const ids = idsOf(world, campaign, picks);
    await claimBatch(world.sql, { ids, claim, worker: world.worker, route });
    world.claims.push({ claim, ids });
  }),
  fc.tuple(fc.nat(), fc.array(outcome, { minLength: 8, maxLength: 8 })).map(([pick, outcomes]) => async (world) => {
    const made = world.claims[pick % Math.max(1, world.claims.length)];
    const results = made?.ids.map((id, index) =>
      resultFor(id, made.claim, { to: outcomes[index] ?? "accepted", channel: "rcs", dueInMs: 0 }),
    );
    await recordOutcomes(world.sql, { worker: world.worker, results: results ?? [] });
  }),
  fc.tuple(which, some, reported, fc.boolean()).map(([campaign, picks, state, isKnown]) => async (world) => {
    const receipts = idsOf(world, campaign, picks).map((id) =>
      receipt({
        providerMessageId: isKnown ? `carrier-${id}` : `late-${id}`,
        reportedState: state,
        recipient: recipientOf((picks[0] ?? 0) + 1),
        receivedAt: new Date(),
      }),
    );
    await storeReceipts(world.sql, receipts);
    await world.sql`update receipt_raw set try_at = now() where try_at is not null`;
    await applyReceipts(world.sql, { limit: 50, parkForMs: 60_000, parkRetryMs: 0 });
  }),
  fc.tuple(which, some, reported, fc.boolean()).map(
    ([campaign, picks, state, isExpired]) =>
      async (world) =>
        recordChecks(
          world.sql,
          idsOf(world, campaign, picks).map((messageId) =>
            isExpired
              ? { messageId, answer: "expire" as const, reason: "never" }
              : { messageId, answer: "state" as const, state, at: null, rawStatus: state },
          ),
        ),
  ),
];

/** What happens now and then. */
const operating: fc.Arbitrary<Operation>[] = [
  which.map(
    (campaign) => async (world) => pauseCampaign(world.sql, { ...campaignOf(world, campaign), reason: "test" }),
  ),
  which.map((campaign) => async (world) => resumeCampaign(world.sql, campaignOf(world, campaign))),
  which.map((campaign) => async (world) => retryFailed(world.sql, { ...campaignOf(world, campaign), batchSize: 2 })),
  which.map((campaign) => async (world) => resendUnknown(world.sql, campaignOf(world, campaign))),
  which.map((campaign) => async (world) => closeUnknown(world.sql, campaignOf(world, campaign))),
  fc.constant(async ({ sql }) => settleUnknown(sql, { route, policy: "resend", reconcileAfterMs: 0, limit: 5 })),
  fc.constant(async ({ sql, campaigns }) =>
    takeDue(sql, {
      route,
      limit: 5,
      leaseMs: 0,
      campaigns: campaigns.map(({ campaignId }) => campaignId),
      singles: true,
    }),
  ),
  fc.constant(async ({ sql }) => sweepCancelled(sql, { limit: 3 })),
  fc.constant(async ({ sql }) => expireQueued(sql, { limit: 3 })),
  fc.constant(async ({ sql }) => advanceCampaigns(sql)),
  fc.constant(async ({ sql }) => reapInFlight(sql, { deadAfterMs: 60_000, longestAttemptMs: 0, limit: 2 })),
  fc.nat({ max: 11 }).map(
    (pick) =>
      async ({ sql }) =>
        addSuppression(sql, { recipient: recipientOf(pick + 1) }),
  ),
  fc.nat({ max: 11 }).map(
    (pick) =>
      async ({ sql }) =>
        removeSuppression(sql, { recipient: recipientOf(pick + 1) }),
  ),
];

/** Rare, since it ends most of what could still happen. */
const endings: fc.Arbitrary<Operation>[] = [
  which.map((campaign) => async (world) => {
    await cancelCampaign(world.sql, campaignOf(world, campaign));
    await sweepCancelled(world.sql, { limit: 3 });
  }),
  which.map((campaign) => async (world) => {
    await world.sql`update campaign set valid_until = now() where id = ${campaignOf(world, campaign).campaignId}`;
  }),
  fc.constant(async ({ sql }) => {
    await sql`update campaign set finished_at = now() - interval '9 days' where finished_at is not null`;
    await deleteFinished(sql, { olderThanDays: 3, limit: 4 });
  }),
];

/** Makes PostgreSQL itself refuse every step that the table of states does not know. */
async function refuseOtherSteps(sql: Sql): Promise<void> {
  const steps = messageStates.flatMap((from) => nextStates[from].map((to) => `('${from}', '${to}')`));
  await sql.unsafe(`
    create function refuse_other_steps() returns trigger language plpgsql as $$
    begin
      if new.state <> old.state and (old.state, new.state) not in (${steps.join(", ")}) then
        raise 'no step from % to %', old.state, new.state;
      end if;
      return new;
    end $$;
    create trigger refuse_other_steps before update on message for each row execute function refuse_other_steps()`);
}

test("whatever happens in whatever order, the counters equal the rows and every step is one of the table", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await refuseOtherSteps(sql);
  const seen = new Set<string>();
  const steps = fc.array(
    fc.oneof(
      ...sending.map((arbitrary) => ({ arbitrary, weight: 24 })),
      ...operating.map((arbitrary) => ({ arbitrary, weight: 4 })),
      ...endings.map((arbitrary) => ({ arbitrary, weight: 2 })),
    ),
    { minLength: 25, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (given, hasSecondLegs) => {
      await sql`truncate message, claim, attempt, receipt_raw, suppression, campaign_count, campaign, import_rejection`;
      const campaigns = [
        await givenRunning(sql, 12, {
          onUnknown: "resend",
          fallback: { afterMs: 0, onUnknown: true, onRejected: true },
        }),
        await givenRunning(sql, 12),
      ];
      const world: World = { sql, campaigns, worker: await givenWorker(sql), claims: [] };
      if (hasSecondLegs) {
        const first = [0, 1, 2, 3, 4, 5, 6, 7];
        await send(sql, idsOf(world, 0, first), { to: "accepted", channel: "rcs" });
        await fallBack(world, 0, first);
      }
      for (const operation of given) await operation(world);
      for (const { campaignId } of campaigns) {
        const legs = await Promise.all(([1, 2] as const).map((leg) => countRows(sql, { campaignId, leg })));
        for (const [index, rows] of legs.entries()) {
          expect(await campaignCounts(sql, { campaignId, leg: index === 0 ? 1 : 2 })).toEqual(rows);
          for (const state of messageStates) if (rows[state] > 0) seen.add(index === 0 ? state : `second ${state}`);
        }
        const queued = (await feedable(sql, { route })).find(({ id }) => id === campaignId)?.queued;
        if (queued !== undefined) expect(queued).toBe(legs.reduce((sum, rows) => sum + rows.queued, 0));
        const twice = await sql`
          select from message as first join message as second on second.first_leg = first.id
          where first.campaign_id = ${campaignId} and first.delivered_at is not null and second.state = 'queued'`;
        expect(twice).toHaveLength(0);
      }
    }),
    // The walks are drawn once and for all, so that it is certain where they come.
    { numRuns: 60, seed: 1 },
  );
  // The walk is worth something only if it comes everywhere.
  const walked = [...messageStates, ...messageStates.map((state) => `second ${state}`)];
  expect([...seen].sort()).toEqual(walked.sort());
}, 120_000);
