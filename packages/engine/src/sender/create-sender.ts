import { randomUUID } from "node:crypto";
import {
  type AttemptOutcome,
  afterAttempt,
  areOpen,
  type BackoffCause,
  type BackoffPlan,
  type ClassRules,
  type DeliveryWindow,
  deliveryWindowText,
  nextCommonOpening,
  type OutgoingMessage,
  type PreparedContent,
  type ProviderRules,
  type RenderedMessage,
  windowsInForce,
} from "@hikyaku/core";
import { type ClaimedMessage, claimBatch, type Ledger, type RecordedResult } from "@hikyaku/ledger";
import type { Permit, Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { type BacklogEntry, createBacklog } from "./backlog.ts";
import { type CampaignCache, contentOf, type SendableCampaign, UnsendableCampaignError } from "./campaign-cache.ts";
import type { ClientHolder } from "./client-holder.ts";
import type { SendLane } from "./lane.ts";
import type { Recorder } from "./recorder.ts";
import type { RouteHold } from "./route-hold.ts";

export interface SenderDeps {
  readonly route: string;
  readonly worker: string;
  readonly ledger: Ledger;
  readonly throttle: Throttle;
  readonly rules: ProviderRules;
  readonly client: ClientHolder;
  readonly campaigns: CampaignCache;
  readonly recorder: Recorder;
  readonly hold: RouteHold;
  readonly retry: { readonly maxAttempts: number; readonly plans: Readonly<Record<BackoffCause, BackoffPlan>> };
  /** Time from accepted to the first status check. */
  readonly receiptGraceMs: number;
  readonly classRules: ClassRules;
  /** A campaign whose content cannot be sent: stop it, loudly. */
  readonly onUnsendable: (campaignId: string, reason: string) => Promise<void>;
  /** The sending loop has ended by a fault; the process must not live on without it. */
  readonly onFatal: (err: unknown) => void;
  readonly random: () => number;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Most messages of one claim, or one request's: one round trip, and few enough that a crash leaves little in doubt. */
const mostInClaim = 100;
/** Claims that may be on their way at once; while one runs, the next batch gathers. */
const claimsAtOnce = 2;
/** A claim older than this is not posted any more. Well below the time after which its holder counts as stuck. */
const claimGoodForMs = 20_000;
const ledgerRetryMs = { base: 100, cap: 2_000 };

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

  /** A claim that the ledger could not answer is repeated with the same token: nothing was posted, nothing is lost. */
  const claim = async (
    ids: string[],
    token: string,
    probe: boolean,
  ): Promise<{ claimed: ClaimedMessage[] } | { gaveUp: true }> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return {
          claimed: await claimBatch(deps.ledger.sql, {
            ids,
            claim: token,
            worker: deps.worker,
            route: deps.route,
            probe,
          }),
        };
      } catch (err) {
        deps.log.error({ err, route: deps.route, count: ids.length }, "ledger did not answer a claim");
        if (closing) return { gaveUp: true };
        const waitMs = Math.min(ledgerRetryMs.cap, ledgerRetryMs.base * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };

  const record = (
    message: ClaimedMessage,
    token: string,
    outcome: AttemptOutcome,
    { probe = false, dueInMs, reservedAt = null }: { probe?: boolean; dueInMs?: number; reservedAt?: Date | null } = {},
  ): Promise<void> => {
    deps.metrics.attempts.inc({ route: deps.route, outcome: outcome.kind });
    const next = afterAttempt({
      outcome,
      attempt: message.attempt,
      // A probe asks about the route; what it meets does not count against the message that lends itself to it.
      maxAttempts: probe ? Number.POSITIVE_INFINITY : deps.retry.maxAttempts,
      plans: deps.retry.plans,
      random: deps.random,
      now: deps.now(),
      validUntil: message.validUntil,
    });
    const result: RecordedResult = { id: message.id, claim: token, ...next };
    if (probe && next.to === "queued") result.useAttempt = false;
    if (dueInMs !== undefined && next.to === "queued") result.dueInMs = dueInMs;
    if ("httpStatus" in outcome) result.httpStatus = outcome.httpStatus ?? null;
    if ("sendMode" in outcome) result.sendMode = outcome.sendMode ?? null;
    if (outcome.kind === "accepted") {
      result.providerMessageId = outcome.providerMessageId;
      result.providerOrderId = outcome.providerOrderId;
      result.channel = outcome.channel;
      if (reservedAt !== null) result.reservedAt = reservedAt;
      // Without an id it can be looked up at best; else the check comes at the end of the window, to give the final answer.
      result.nextCheckInMs =
        outcome.providerMessageId || deps.rules.canLookUp
          ? deps.receiptGraceMs
          : (deps.rules.readableDays - 1) * 24 * 3_600_000;
      if (outcome.alarm) {
        deps.log.error(
          { route: deps.route, messageId: message.id, alarm: outcome.alarm },
          "accepted, but look at this",
        );
      }
    }
    if (next.to === "unknown" && deps.rules.canLookUp) result.nextCheckInMs = deps.receiptGraceMs;
    return deps.recorder.add(result);
  };

  const post = async (
    request: readonly Renderable[],
    permit: Permit,
    { token, claimedAt }: Claim,
    probe: boolean,
  ): Promise<AttemptOutcome[]> => {
    const inTime = await permit.ready();
    const startedAt = performance.now();
    // A process that stood still for long after its claim must not post: others may have given up on it, an operator
    // may have decided, the message may no longer be wanted.
    const stale =
      startedAt - claimedAt > claimGoodForMs || request.some(({ message }) => isPast(message.validUntil, deps));
    if (!inTime || stale || (deps.hold.held && !probe)) {
      permit.release();
      return request.map(() => notPosted);
    }
    // The last look before the POST: a window may have shut while the message waited for its claim or its slot.
    if (request.some(({ windows }) => !areOpen(windows, deps.now()))) {
      permit.release();
      return request.map(() => windowShut);
    }
    const end = deps.metrics.attemptSeconds.startTimer({ route: deps.route });
    let outcomes: AttemptOutcome[];
    try {
      const outgoing = request.map((part) => part.outgoing);
      const answers = deps.client.use((client) => client.send(outgoing));
      permit.sent();
      outcomes = await answers;
    } catch (err) {
      // A client answers every fault of gateway and network as an outcome; what it throws is a bug of ours, and whether
      // anything left the house is then not known.
      deps.log.error({ err, route: deps.route, token }, "the provider's client failed");
      outcomes = request.map(() => ({ kind: "unknown", reason: "internal error while sending" }));
    } finally {
      end();
      permit.release();
    }
    // What happened to the whole request happened to the route once, however many messages were in it.
    const told = new Set<AttemptOutcome["kind"]>();
    for (const [index, outcome] of outcomes.entries()) {
      if (told.has(outcome.kind)) continue;
      told.add(outcome.kind);
      if (outcome.kind === "throttled") deps.throttle.throttled(outcome.retryAfterMs, startedAt);
      await deps.hold.note(request[index]?.message.id ?? "", outcome);
    }
    return outcomes;
  };

  const sendRequest = async (
    request: readonly Renderable[],
    permit: Permit,
    held: Claim,
    probe: boolean,
  ): Promise<AttemptOutcome[]> => {
    const outcomes = await post(request, permit, held, probe);
    await Promise.all(
      request.map((part, index) => {
        const outcome = outcomes[index] ?? missingOutcome;
        const wait = outcome === windowShut ? waitOf(part) : {};
        return record(part.message, held.token, outcome, { probe, reservedAt: part.reservedAt, ...wait });
      }),
    );
    return outcomes;
  };

  /** A campaign's messages are fed again when its window opens; a single one has nobody who looks after it. */
  const waitOf = ({ message, windows }: Renderable): { dueInMs?: number } => {
    if (message.campaignId !== null) return {};
    const now = deps.now();
    const opening = nextCommonOpening(windows, now);
    return { dueInMs: opening === null ? neverOpensRetryMs : opening.getTime() - now.getTime() };
  };

  /** Renders what was claimed; what cannot be rendered is rejected here and costs no request. */
  const render = async (claimed: readonly ClaimedMessage[], token: string): Promise<Renderable[]> => {
    const ready: Renderable[] = [];
    for (const message of claimed) {
      let rendered: Rendered;
      let windows: readonly DeliveryWindow[];
      let requestKey = ownRequest(message);
      let reservedAt: Date | null = null;
      try {
        const sendable = await sendableOf(message, deps);
        const { prepared } = sendable;
        if ("requestKey" in prepared) requestKey = prepared.requestKey ?? requestKey;
        rendered = "issues" in prepared ? prepared : prepared.render(message.vars ?? []);
        windows = sendable.windows;
        if ("reservedAt" in prepared) reservedAt = prepared.reservedAt ?? null;
      } catch (err) {
        deps.log.error({ err, route: deps.route, messageId: message.id }, "content not at hand; the message goes back");
        await record(message, token, notPosted);
        continue;
      }
      if ("issues" in rendered) {
        const reason = rendered.issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
        await record(message, token, { kind: "rejected", reason: `not sent: ${reason}` });
        continue;
      }
      // Its window may have been made narrower since; what the carrier holds until then, no window of ours can stop.
      if (reservedAt !== null && !areOpen(windows, reservedAt)) {
        const at = reservedAt.toISOString();
        const reason = `not sent: content.reserve.time: ${at} is outside ${windows.map(deliveryWindowText).join(" and ")}`;
        await record(message, token, { kind: "rejected", reason });
        continue;
      }
      const outgoing = { id: message.id, recipient: message.recipient, payload: rendered.payload };
      ready.push({ message, windows, requestKey, reservedAt, outgoing });
    }
    return ready;
  };

  /**
   * Gathers messages that may share a request into requests of as many recipients as the carrier takes. Nobody is in a request twice: the
   * answers are told apart by the number.
   */
  const intoRequests = (ready: readonly Renderable[]): Renderable[][] => {
    if (recipientsPerRequest === 1) return ready.map((part) => [part]);
    const requests: { key: string; parts: Renderable[]; recipients: Set<string> }[] = [];
    for (const part of ready) {
      const { recipient } = part.message;
      // Of a request whose window has shut nothing is posted: only messages of the same windows share one.
      const key = `${part.requestKey} ${JSON.stringify(part.windows)}`;
      const open = requests.find(
        (each) => each.key === key && each.parts.length < recipientsPerRequest && !each.recipients.has(recipient),
      );
      if (open) {
        open.parts.push(part);
        open.recipients.add(recipient);
      } else requests.push({ key, parts: [part], recipients: new Set([recipient]) });
    }
    return requests.map(({ parts }) => parts);
  };

  const dispatch = async (entries: readonly BacklogEntry[], permits: Permit[], lane: SendLane): Promise<void> => {
    // Fed twice, a message may stand in two jobs; both are through when it is.
    const byId = Map.groupBy(entries, (entry) => entry.id);
    const settle = (id: string, how: "done" | "left") => {
      for (const entry of byId.get(id) ?? []) entry.settle(how);
    };
    const held: Claim = { token: randomUUID(), claimedAt: performance.now() };
    try {
      const answer = await claim([...byId.keys()], held.token, false).finally(() => {
        claims -= 1;
        claimDone?.();
        claimDone = null;
      });
      if ("gaveUp" in answer) {
        for (const id of byId.keys()) settle(id, "left");
        return;
      }
      deps.metrics.claimed.inc({ route: deps.route }, answer.claimed.length);
      const requests = intoRequests(await render(answer.claimed, held.token));
      const posted = new Set(requests.flatMap((request) => request.map((part) => part.message.id)));
      for (const id of byId.keys()) if (!posted.has(id)) settle(id, "done");
      for (const permit of permits.splice(requests.length)) permit.release();
      // All are waited for, also when one breaks off: what is in flight must be recorded before this process may close.
      const results = await Promise.allSettled(
        requests.map(async (request) => {
          const permit = permits.shift() ?? (await permitsFor(lane, 1))[0];
          if (permit) await sendRequest(request, permit, held, false);
          else await Promise.all(request.map((part) => record(part.message, held.token, notPosted)));
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

  /** The campaign as it is sent; waits for a ledger that is away. Null when it cannot be sent at all. */
  const campaignOf = async (id: string): Promise<SendableCampaign | null> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await deps.campaigns.get(id);
      } catch (err) {
        if (err instanceof UnsendableCampaignError) {
          await deps.onUnsendable(id, err.message);
          return null;
        }
        deps.log.error({ err, route: deps.route, campaignId: id }, "campaign not at hand; trying again");
        if (closing) return null;
        const waitMs = Math.min(ledgerRetryMs.cap, ledgerRetryMs.base * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };

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
        const campaign = await campaignOf(job.campaignId);
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
        const answer = await claim([id], held.token, true);
        const ready = "gaveUp" in answer ? [] : await render(answer.claimed, held.token);
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

interface Claim {
  readonly token: string;
  /** `performance.now()` before the claim was asked for. */
  claimedAt: number;
}

type Rendered = RenderedMessage | { issues: { path: string; message: string }[] };

interface Renderable {
  readonly message: ClaimedMessage;
  /** All must be open when it is posted. */
  readonly windows: readonly DeliveryWindow[];
  /** What it may share a request by. */
  readonly requestKey: string;
  /** When the carrier carries it out, where it was asked to wait. */
  readonly reservedAt: Date | null;
  readonly outgoing: OutgoingMessage;
}

/** Claimed, yet its turn did not come: the route was held, Redis is away, or this process closes. It goes back unharmed. */
const notPosted: AttemptOutcome = { kind: "held", cause: "operator", reason: "given back before it was posted" };
/** The same, because its delivery window shut at the last moment. */
const windowShut: AttemptOutcome = { kind: "held", cause: "operator", reason: "its delivery window has shut" };
/** A single message whose windows never open together is looked at so often, in case the settings are mended. */
const neverOpensRetryMs = 3_600_000;
const missingOutcome: AttemptOutcome = { kind: "unknown", reason: "the provider gave no outcome for this message" };

/** Where its content names no key: one campaign's leg, or the message alone. */
function ownRequest({ campaignId, leg, id }: ClaimedMessage): string {
  return campaignId ? `${campaignId} ${leg}` : id;
}

function isPast(moment: Date | null, deps: Pick<SenderDeps, "now">): boolean {
  return moment !== null && moment.getTime() <= deps.now().getTime();
}

async function sendableOf(
  message: ClaimedMessage,
  deps: Pick<SenderDeps, "campaigns" | "rules" | "classRules">,
): Promise<{
  prepared: PreparedContent | { issues: { path: string; message: string }[] };
  windows: readonly DeliveryWindow[];
}> {
  const prepared = await contentOf(message, deps);
  if (message.campaignId) return { prepared, windows: (await deps.campaigns.get(message.campaignId)).windows };
  return { prepared, windows: windowsInForce({ ...message, deliveryWindow: null }, deps.classRules) };
}
