import { randomUUID } from "node:crypto";
import { type AttemptOutcome, areOpen, type DeliveryWindow } from "@hikyaku/core";
import type { Permit } from "@hikyaku/queue";
import { type BacklogEntry, createBacklog } from "./backlog.ts";
import { type CampaignOfJobDeps, campaignOfJob } from "./campaign-of-job.ts";
import { type Claim, type ClaimDeps, claimMessages } from "./claim-messages.ts";
import { intoRequests } from "./into-requests.ts";
import type { SendLane } from "./lane.ts";
import { notPosted, waitForWindow, windowShut } from "./not-posted.ts";
import { type PostDeps, postRequest } from "./post-request.ts";
import type { ReadyMessage } from "./ready-message.ts";
import { recordOutcome } from "./record-outcome.ts";
import { type RenderDeps, renderClaimed } from "./render-claimed.ts";

export interface SenderDeps extends ClaimDeps, RenderDeps, PostDeps, CampaignOfJobDeps {
  /** The sending loop has ended by a fault; the process must not live on without it. */
  readonly onFatal: (err: unknown) => void;
}

/** Most messages of one claim, or one request's: one round trip, and few enough that a crash leaves little in doubt. */
const mostInClaim = 100;
/** Claims that may be on their way at once; while one runs, the next batch gathers. */
const claimsAtOnce = 2;
const missingOutcome: AttemptOutcome = { kind: "unknown", reason: "the provider gave no outcome for this message" };

/**
 * Sends the messages of one route that this process holds jobs for, in the order of the design: **permit → claim →
 * POST → record**. The claim is committed last before the POST, so that a crash leaves in doubt only what was really in
 * flight.
 */
export function createSender(deps: SenderDeps) {
  const { recipientsPerRequest } = deps.rules;
  const claimLimit = Math.max(mostInClaim, recipientsPerRequest);
  const backlog = createBacklog({ recipientsPerRequest });
  const stop = new AbortController();
  let closing = false;
  let claims = 0;
  let claimDone: (() => void) | null = null;
  const working = new Set<Promise<void>>();

  const sendRequest = async (
    request: readonly ReadyMessage[],
    permit: Permit,
    held: Claim,
    probe: boolean,
  ): Promise<AttemptOutcome[]> => {
    const outcomes = await postRequest(deps, request, permit, held, probe);
    await Promise.all(
      request.map((part, index) => {
        const outcome = outcomes[index] ?? missingOutcome;
        const wait = outcome === windowShut ? waitForWindow(part, deps.now()) : {};
        return recordOutcome(deps, part.message, held.token, outcome, { probe, reservedAt: part.reservedAt, ...wait });
      }),
    );
    return outcomes;
  };

  const dispatch = async (entries: readonly BacklogEntry[], permits: Permit[], lane: SendLane): Promise<void> => {
    // Fed twice, a message may stand in two jobs; both are through when it is.
    const byId = Map.groupBy(entries, (entry) => entry.id);
    const settle = (id: string, how: "done" | "left") => {
      for (const entry of byId.get(id) ?? []) entry.settle(how);
    };
    const held: Claim = { token: randomUUID(), claimedAt: performance.now() };
    try {
      const answer = await claimMessages(
        deps,
        { ids: [...byId.keys()], token: held.token, probe: false },
        stop.signal,
      ).finally(() => {
        claims -= 1;
        claimDone?.();
        claimDone = null;
      });
      if ("gaveUp" in answer) {
        for (const id of byId.keys()) settle(id, "left");
        return;
      }
      deps.metrics.claimed.inc({ route: deps.route }, answer.claimed.length);
      const requests = intoRequests(await renderClaimed(deps, answer.claimed, held.token), recipientsPerRequest);
      const posted = new Set(requests.flatMap((request) => request.map((part) => part.message.id)));
      for (const id of byId.keys()) if (!posted.has(id)) settle(id, "done");
      for (const permit of permits.splice(requests.length)) permit.release();
      // All are waited for, also when one breaks off: what is in flight must be recorded before this process may close.
      const results = await Promise.allSettled(
        requests.map(async (request) => {
          const permit = permits.shift() ?? (await permitsFor(lane, 1))[0];
          if (permit) await sendRequest(request, permit, held, false);
          else await Promise.all(request.map((part) => recordOutcome(deps, part.message, held.token, notPosted)));
          for (const part of request) settle(part.message.id, "done");
        }),
      );
      const broken = results.find((result) => result.status === "rejected");
      if (broken) throw broken.reason;
    } finally {
      for (const permit of permits) permit.release();
    }
  };

  /** None when this process closes while it waits. */
  const permitsFor = async (lane: SendLane, most: number): Promise<Permit[]> => {
    try {
      return await deps.throttle.acquire(lane, most, stop.signal);
    } catch (err) {
      if (!closing) deps.log.error({ err, route: deps.route }, "no permits");
      return [];
    }
  };

  /** The wait for a permit may have been long: a window that shut meanwhile sends the entry home, to be fed again. */
  const stillOpen = (entry: BacklogEntry): boolean => {
    if (areOpen(entry.windows, deps.now())) return true;
    entry.settle("done");
    return false;
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      await backlog.waiting();
      while (claims >= claimsAtOnce && !closing) {
        await new Promise<void>((resolve) => {
          claimDone = resolve;
        });
      }
      const lane = backlog.nextLane();
      if (closing || !lane) continue;
      const most = Math.floor(claimLimit / recipientsPerRequest);
      const permits = await permitsFor(lane, Math.min(backlog.requests, most));
      const taken = closing ? [] : backlog.take(permits.length);
      const entries = taken.filter(stillOpen);
      if (entries.length === 0) {
        for (const permit of permits) permit.release();
        continue;
      }
      claims += 1;
      const work = dispatch(entries, permits, lane).catch((err) => {
        deps.log.error({ err, route: deps.route }, "a batch broke off; the ledger will show what is in doubt");
        for (const entry of entries) entry.settle("left");
      });
      working.add(work);
      void work.finally(() => working.delete(work));
    }
    giveBackWaiting();
  };
  const giveBackWaiting = (): void => {
    for (const entry of backlog.takeAll()) entry.settle("left");
  };
  const running = loop();
  // Should this loop ever end by itself, the process would look healthy and send nothing: better to die and be restarted.
  running.catch(deps.onFatal);

  return {
    /**
     * Takes a job's messages and resolves when each is through: recorded, refused by its claim, or left. Answers the ids
     * that were left untouched because this process is closing; they belong back in the queue.
     */
    async take(job: { lane: SendLane; campaignId: string | null; ids: readonly string[] }): Promise<string[]> {
      // Without a share of the concurrency nothing can be sent here: the others shall have it.
      if (closing || deps.throttle.concurrency === 0) return [...job.ids];
      // Held: dropped unharmed. The feeder begins again from the ledger when the route resumes.
      if (deps.hold.held) return [];
      let windows: readonly DeliveryWindow[] = [];
      let requestKey = "";
      if (job.campaignId) {
        const campaign = await campaignOfJob(deps, job.campaignId, stop.signal);
        if (closing) return [...job.ids];
        if (!campaign || !areOpen(campaign.windows, deps.now())) return [];
        windows = campaign.windows;
        requestKey = campaign.requestKey;
      }
      const left: string[] = [];
      await new Promise<void>((resolve) => {
        let open = job.ids.length;
        if (open === 0) resolve();
        backlog.add(
          job.ids.map((id) => {
            let settled = false;
            return {
              id,
              windows,
              requestKey,
              lane: job.lane,
              settle: (how) => {
                if (settled) return;
                settled = true;
                if (how === "left") left.push(id);
                open -= 1;
                if (open === 0) resolve();
              },
            };
          }),
        );
      });
      return left;
    },
    /** Sends one message although the route is held; answers what came of it, or null when it could not be claimed. */
    async probe(id: string): Promise<AttemptOutcome | null> {
      const held: Claim = { token: randomUUID(), claimedAt: performance.now() };
      const [permit] = await permitsFor("single", 1);
      if (!permit) return null;
      try {
        held.claimedAt = performance.now();
        const answer = await claimMessages(deps, { ids: [id], token: held.token, probe: true }, stop.signal);
        const ready = "gaveUp" in answer ? [] : await renderClaimed(deps, answer.claimed, held.token);
        if (ready.length === 0) return null;
        const [outcome] = await sendRequest(ready, permit, held, true);
        return outcome ?? null;
      } finally {
        permit.release();
      }
    },
    /** Gives back what waits for a permit, to be sent by processes that get some. */
    giveBackWaiting,
    /** Takes nothing new, finishes what is claimed, writes every result. */
    async close(): Promise<void> {
      closing = true;
      stop.abort();
      backlog.poke();
      claimDone?.();
      await running;
      await Promise.all(working);
      await deps.recorder.drain();
    },
  };
}

export type Sender = ReturnType<typeof createSender>;
