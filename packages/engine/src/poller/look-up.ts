import {
  type AttemptOutcome,
  afterAttempt,
  type BackoffCause,
  type BackoffPlan,
  type LookUpAnswer,
  type LookUpRef,
  type ProviderRules,
  repeatCheckAt,
} from "@hikyaku/core";
import {
  type DueCheck,
  type Ledger,
  type LookUpMessage,
  loadLookUps,
  type PutOffCheck,
  putOffChecks,
  type RecordedResult,
  recordChecks,
  recordOutcomes,
} from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { type CampaignCache, contentOf } from "../sender/campaign-cache.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import type { Questions } from "./questions.ts";

export interface LookUpDeps {
  readonly route: string;
  readonly worker: string;
  readonly ledger: Ledger;
  readonly throttle: Pick<Throttle, "throttled">;
  readonly questions: Questions;
  readonly rules: ProviderRules;
  readonly campaigns: CampaignCache;
  readonly hold: RouteHold;
  readonly retry: { readonly maxAttempts: number; readonly plans: Readonly<Record<BackoffCause, BackoffPlan>> };
  /** When a message that was found is asked about. */
  readonly receiptGraceMs: number;
  /** Messages were queued again: tells the feeder. Best effort, it looks by itself too. */
  readonly wakeFeeder: () => Promise<void>;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Sought {
  message: LookUpMessage;
  ref: LookUpRef;
  /** When the carrier sends it: at once, or at the time it was reserved for. */
  sentAt: Date;
}

/** What is written about one message. */
interface Found {
  outcome?: RecordedResult;
  putOff?: PutOffCheck;
  ended?: { reason: string; state: "failed" | "revoked" | "expired" };
}

/** Content that is not at hand, or a question that found no permit. */
const againSoonMs = 60_000;

/**
 * Looks up messages of one route of which it is not known whether the carrier has them, or under what id, before anything is sent again
 * (protocol notes on SENS §15.4). Found: accepted, with the carrier's ids. Proven missing: queued again, as after any attempt that came to
 * nothing. Else it stays as it is and is looked up again, as long as the carrier can tell.
 */
export function createLookUps(deps: LookUpDeps) {
  const sql = deps.ledger.sql;

  const soughtOf = async (message: LookUpMessage): Promise<Sought | null> => {
    try {
      const content = await contentOf(message, deps);
      const rendered = "issues" in content ? content : content.render(message.vars ?? []);
      if ("issues" in rendered) throw new Error(rendered.issues.map(({ path }) => path).join(", "));
      const { id: messageId, recipient, providerOrderId, takenIds } = message;
      const postedAt = postedAtOf(message);
      const ref = { messageId, recipient, postedAt, providerOrderId, takenIds, payload: rendered.payload };
      const reservedAt = ("issues" in content ? null : content.reservedAt) ?? postedAt;
      return { message, ref, sentAt: new Date(Math.max(reservedAt.getTime(), postedAt.getTime())) };
    } catch (err) {
      deps.log.error({ err, route: deps.route, messageId: message.id }, "content not at hand; looked up later");
      return null;
    }
  };

  const isUnknown = ({ state }: LookUpMessage) => state === "unknown";

  /** Null once the carrier can no longer tell. */
  const againIn = (sentAt: Date, waitMs?: number): number | null => {
    const { readableDays } = deps.rules;
    const now = deps.now();
    const again = repeatCheckAt({ acceptedAt: sentAt, now, readableDays, failures: 1, random: Math.random });
    return again === "expire" ? null : (waitMs ?? Math.max(1_000, again.getTime() - now.getTime()));
  };

  const later = ({ message, sentAt }: Sought, reason: string, waitMs?: number): Found => {
    const nextCheckInMs = againIn(sentAt, waitMs);
    if (nextCheckInMs === null && !isUnknown(message)) {
      return { ended: { state: "expired", reason: `not to be found before the carrier's window closed: ${reason}` } };
    }
    // What stays unknown waits for the policy, or for a person.
    return { putOff: { id: message.id, nextCheckInMs } };
  };

  const foundOf = (sought: Sought, answer: LookUpAnswer): Found => {
    const { message } = sought;
    const { id, claim } = message;
    if (claim === null) return {};
    switch (answer.kind) {
      case "accepted": {
        const { providerMessageId, providerOrderId, channel } = answer;
        const ids = { providerMessageId, providerOrderId, channel };
        const nextCheckInMs = deps.receiptGraceMs;
        const outcome = { id, claim, to: "accepted", outcome: "accepted", ...ids, nextCheckInMs } as const;
        return { outcome: { ...outcome, at: sought.sentAt }, putOff: { id, nextCheckInMs } };
      }
      case "rejected":
        return isUnknown(message)
          ? { outcome: { id, claim, to: "rejected", outcome: "rejected", reason: answer.reason } }
          : { ended: { state: "failed", reason: answer.reason } };
      case "revoked":
        return { ended: { state: "revoked", reason: answer.reason } };
      case "missing": {
        // The carrier said that it has it, so it is not sent again.
        if (!isUnknown(message)) return later(sought, answer.reason);
        const outcome: AttemptOutcome = { kind: "retry", cause: "not-reached", reason: `looked up: ${answer.reason}` };
        const next = afterAttempt({
          ...{ outcome, attempt: message.attempts, ...deps.retry, random: Math.random, now: deps.now() },
          validUntil: message.effectiveValidUntil,
        });
        return { outcome: { id, claim, ...next, outcome: "missing" } };
      }
      case "undecided":
        return later(sought, answer.reason, answer.lookAgainInMs);
      case "throttled":
      case "held":
      case "failed-check":
        return later(sought, answer.reason);
      default:
        return answer satisfies never;
    }
  };

  const write = async (sought: readonly Sought[], found: readonly Found[]): Promise<void> => {
    const outcomes = found.flatMap(({ outcome }) => outcome ?? []);
    await recordOutcomes(sql, { worker: deps.worker, results: outcomes });
    await putOffChecks(
      sql,
      found.flatMap(({ putOff }) => putOff ?? []),
    );
    await recordChecks(
      sql,
      found.flatMap(({ ended }, index) => {
        const messageId = sought[index]?.message.id ?? "";
        if (!ended) return [];
        const { state, reason } = ended;
        if (state === "expired") return { messageId, answer: "expire" as const, reason };
        return { messageId, answer: "state" as const, state, at: null, rawStatus: state, reason };
      }),
    );
    const counts = Map.groupBy(outcomes, ({ to }) => to);
    const [accepted = [], queued = []] = [counts.get("accepted"), counts.get("queued")];
    if (outcomes.length > 0) {
      const fields = { route: deps.route, found: accepted.length, missing: queued.length, count: sought.length };
      deps.log.warn(fields, "messages in doubt looked up at the carrier");
    }
    if (queued.length > 0) {
      deps.wakeFeeder().catch((err) => deps.log.warn({ err, route: deps.route }, "the feeder was not told of retries"));
    }
  };

  return {
    /** Those of `due` that a carrier can be asked about only so. */
    isSought: ({ state, providerMessageId, sentInPlaceOf }: DueCheck): boolean =>
      deps.rules.canLookUp && sentInPlaceOf === null && (state === "unknown" || providerMessageId === null),

    /**
     * Looks them up and writes what came of it; answers whether the carrier said anything of one of them. Rejects only when the ledger does
     * not answer.
     */
    async lookUp(due: readonly DueCheck[]): Promise<boolean> {
      if (due.length === 0) return false;
      const messages = await loadLookUps(sql, { ids: due.map(({ id }) => id) });
      const all = await Promise.all(messages.map(soughtOf));
      const sought = all.filter((each) => each !== null);
      const missing = messages.filter((_, index) => all[index] === null);
      await putOffChecks(
        sql,
        missing.map((message) => ({ id: message.id, nextCheckInMs: againIn(postedAtOf(message), againSoonMs) })),
      );
      if (sought.length === 0) return false;
      const refs = sought.map(({ ref }) => ref);
      let answers: LookUpAnswer[] = [];
      try {
        const put = await deps.questions.put(async (client, turns) => (await client.lookUp?.(refs, turns)) ?? []);
        // No permit: the lease brings them back.
        if (!put) return false;
        answers = put.answer;
        const throttled = answers.find((answer) => answer.kind === "throttled");
        if (throttled) deps.throttle.throttled(throttled.retryAfterMs, put.startedAt);
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "the provider's client failed");
      }
      for (const { kind } of answers) deps.metrics.lookUps.inc({ route: deps.route, answer: kind });
      const held = answers.find((answer) => answer.kind === "held");
      if (held) {
        const reason = `look-up: ${held.reason}`;
        await deps.hold.note(refs[0]?.messageId ?? "", { kind: "held", cause: held.cause, reason });
      }
      await write(
        sought,
        sought.map((each, index) => foundOf(each, answers[index] ?? noAnswer)),
      );
      return answers.some(({ kind }) => tellingKinds.has(kind));
    },
  };
}

export type LookUps = ReturnType<typeof createLookUps>;

function postedAtOf({ sendingAt, queuedAt }: LookUpMessage): Date {
  return sendingAt ?? queuedAt;
}

/** Without the carrier, none of these can be said. (`undecided` can: of a message of a moment ago nothing is asked.) */
const tellingKinds: ReadonlySet<LookUpAnswer["kind"]> = new Set(["accepted", "rejected", "revoked", "missing"]);

const noAnswer: LookUpAnswer = { kind: "failed-check", reason: "the provider gave no answer for this message" };
