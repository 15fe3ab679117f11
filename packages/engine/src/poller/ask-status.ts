import {
  nextCheckAt,
  type ProviderRules,
  repeatCheckAt,
  type SecondLeg,
  type StatusAnswer,
  type StatusCheckSchedule,
  type StatusRef,
} from "@hikyaku/core";
import { type CarrierLeg, type CheckResult, type DueCheck, newId } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import type { Questions } from "./questions.ts";

export interface StatusAskerDeps {
  readonly route: string;
  readonly throttle: Pick<Throttle, "throttled">;
  readonly questions: Questions;
  readonly rules: ProviderRules;
  readonly hold: RouteHold;
  readonly schedule: Required<Pick<StatusCheckSchedule, "graceMs" | "plan" | "lastCheckMarginMs">>;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One question to the carrier, and what it means for the message. */
export interface AskedStatus {
  readonly result: CheckResult;
  /** `answered`: the carrier said something of the message, be it that it knows none. `not-yet`: there was no permit to ask with. */
  readonly asked: "answered" | "failed" | "not-yet" | "impossible";
  /** What the carrier sent in its place, and what became of that where it is known already. */
  readonly carrierLeg?: { readonly leg: CarrierLeg; readonly result: CheckResult | null };
}

/** A korean SMS and LMS is one billable part each; of other carriers none is known that sends by itself. */
const segmentsOfCarrierLeg = 1;

const strayAgainMs = 3_600_000;

/**
 * Asks the carrier for the status of messages of one route, paced with everything else the route does. Where a request carries many
 * recipients, all that went out in one is asked about at once.
 */
export function createStatusAsker(deps: StatusAskerDeps) {
  let strayToldAt = Number.NEGATIVE_INFINITY;

  const scheduleOf = (check: DueCheck, now: Date) => ({
    ...deps.schedule,
    acceptedAt: check.acceptedAt ?? now,
    checks: check.checks,
    now,
    readableDays: deps.rules.readableDays,
  });

  const resultOf = (check: DueCheck, answer: StatusAnswer): CheckResult => {
    const now = deps.now();
    const schedule = scheduleOf(check, now);
    const later = nextCheckAt(schedule);
    const waitMs = later === "expire" ? 0 : Math.max(1_000, later.getTime() - now.getTime());
    switch (answer.kind) {
      case "status":
        if (answer.state === "pending" || answer.state === check.state) {
          if (later === "expire") return expire(check, "no final status before the carrier's window closed");
          return { messageId: check.id, answer: "none", nextCheckInMs: waitMs, channel: answer.channel ?? null };
        }
        return {
          messageId: check.id,
          answer: "state",
          state: answer.state,
          channel: answer.channel ?? null,
          at: answer.at,
          rawStatus: answer.rawStatus,
          reason: answer.reason ?? null,
          // `sent` is not the end: the next check stays planned.
          nextCheckInMs: later === "expire" ? 1_000 : waitMs,
        };
      case "not-known":
        // A 404 never turns into `failed` (protocol notes §9); only the end of the window gives a final answer.
        if (later === "expire") return expire(check, `the carrier no longer knows the message: ${answer.reason}`);
        return { messageId: check.id, answer: "none", nextCheckInMs: waitMs };
      case "held":
      case "throttled":
      case "failed-check": {
        // It says nothing of the message, so it never marks it: asked again until the carrier's window is really over.
        const again = repeatCheckAt({ ...schedule, failures: 1, random: Math.random });
        if (again === "expire") {
          return expire(check, `status could not be read before the carrier's window closed: ${answer.reason}`);
        }
        const againInMs = Math.max(1_000, again.getTime() - now.getTime());
        return { messageId: check.id, answer: "none", nextCheckInMs: againInMs };
      }
      default:
        return answer satisfies never;
    }
  };

  /** The first leg has failed, and what the carrier sent in its place is a message of its own from here on. */
  const withCarrierLeg = (check: DueCheck, answer: StatusAnswer, second: SecondLeg): AskedStatus => {
    const now = deps.now();
    const id = newId();
    const { firstStatus: rawStatus, firstReason: reason, firstFailedAt: at } = second;
    const first = { kind: "status", state: "failed", rawStatus, reason, at } as const;
    const begun: DueCheck = { ...check, id, state: "accepted", acceptedAt: now, checks: 0 };
    const next = nextCheckAt(scheduleOf(begun, now));
    return {
      asked: "answered",
      result: resultOf(check, first),
      carrierLeg: {
        leg: {
          id,
          firstLeg: check.id,
          channel: second.channel,
          providerMessageId: second.providerMessageId,
          providerOrderId: second.providerOrderId,
          segments: segmentsOfCarrierLeg,
          refusal: second.state === "rejected" ? (second.reason ?? second.rawStatus) : null,
          acceptedAt: at,
          nextCheckInMs: next === "expire" ? null : Math.max(0, next.getTime() - now.getTime()),
        },
        result: second.state === "pending" || second.state === "rejected" ? null : resultOf(begun, asItsOwn(answer)),
      },
    };
  };

  const read = (check: DueCheck, answer: StatusAnswer): AskedStatus => {
    const asked = answer.kind === "status" || answer.kind === "not-known" ? "answered" : "failed";
    if (check.sentInPlaceOf) return { result: resultOf(check, asItsOwn(answer)), asked };
    if (answer.kind === "status" && answer.secondLeg) return withCarrierLeg(check, answer, answer.secondLeg);
    return { result: resultOf(check, answer), asked };
  };

  /** A gateway that mixes up its answers mixes up many: one line an hour is enough, the metric counts them. */
  const tellStray = (check: DueCheck | undefined, reason: string): void => {
    const now = deps.now().getTime();
    if (now - strayToldAt < strayAgainMs) return;
    strayToldAt = now;
    const { id: messageId, providerMessageId } = check ?? {};
    deps.log.error(
      { route: deps.route, messageId, providerMessageId, reason },
      "the status API answered about another message; the answer is not used",
    );
  };

  /** Of one request. Never throws. */
  const askTogether = async (checks: readonly DueCheck[]): Promise<AskedStatus[]> => {
    const refs = checks.map(refOf);
    let answered: Awaited<ReturnType<typeof put>>;
    const put = () => deps.questions.put((client, turns) => client.checkStatus(refs, turns));
    try {
      answered = await put();
    } catch (err) {
      deps.log.error({ err, route: deps.route }, "the provider's client failed");
      const failure: StatusAnswer = { kind: "failed-check", reason: "internal error while checking" };
      answered = { answer: checks.map(() => failure), startedAt: performance.now() };
    }
    if (!answered) {
      return checks.map(({ id }) => ({
        result: { messageId: id, answer: "none", nextCheckInMs: 1_000 },
        asked: "not-yet",
      }));
    }
    const { startedAt } = answered;
    const answers = checks.map((_, index) => answered.answer[index] ?? noAnswer);
    for (const [index, answer] of answers.entries()) {
      deps.metrics.checks.inc({ route: deps.route, answer: labelOf(answer) });
      if (answer.kind === "failed-check" && answer.isAboutAnother) tellStray(checks[index], answer.reason);
    }
    const throttled = answers.find((answer) => answer.kind === "throttled");
    if (throttled) deps.throttle.throttled(throttled.retryAfterMs, startedAt);
    const held = answers.find((answer) => answer.kind === "held");
    if (held) {
      const reason = `status API: ${held.reason}`;
      await deps.hold.note(checks[0]?.id ?? "", { kind: "held", cause: held.cause, reason });
    }
    return checks.map((check, index) => read(check, answers[index] ?? noAnswer));
  };

  /** What is asked about with one call. What the carrier sent by itself is only told of by the single query. */
  const callOf = ({ id, providerOrderId, sentInPlaceOf }: DueCheck): string =>
    deps.rules.recipientsPerRequest === 1 || sentInPlaceOf ? id : (providerOrderId ?? id);

  return {
    /** Answers in order and never throws; without an answer a message is to be asked about again. */
    async askAll(due: readonly DueCheck[]): Promise<AskedStatus[]> {
      const asked = new Map<string, AskedStatus>();
      const askable = due.filter((check) => {
        if (refOf(check).providerMessageId !== "") return true;
        const result = expire(check, "accepted without an id, and no receipt came");
        asked.set(check.id, { result, asked: "impossible" });
        return false;
      });
      await Promise.all(
        [...Map.groupBy(askable, callOf).values()].map(async (checks) => {
          const answers = await askTogether(checks);
          for (const [index, answer] of answers.entries()) asked.set(checks[index]?.id ?? "", answer);
        }),
      );
      return due.flatMap(({ id }) => asked.get(id) ?? []);
    },
  };
}

export type StatusAsker = ReturnType<typeof createStatusAsker>;

function refOf({ id, providerMessageId, providerOrderId, channel, sendMode, sentInPlaceOf }: DueCheck): StatusRef {
  return sentInPlaceOf
    ? { messageId: id, providerMessageId: sentInPlaceOf.providerMessageId ?? "", providerOrderId: null, channel: null }
    : { messageId: id, providerMessageId: providerMessageId ?? "", providerOrderId, channel, sendMode };
}

/** What an answer about the first leg says of the second alone. */
function asItsOwn(answer: StatusAnswer): StatusAnswer {
  if (answer.kind !== "status") return answer;
  const { secondLeg, at } = answer;
  if (!secondLeg) return { kind: "status", state: "pending", rawStatus: answer.rawStatus, at: null };
  const { state, rawStatus, reason, channel } = secondLeg;
  const own = { kind: "status", state: state === "rejected" ? "failed" : state, rawStatus, channel } as const;
  return reason === undefined
    ? { ...own, at: secondAt(at, secondLeg) }
    : { ...own, reason, at: secondAt(at, secondLeg) };
}

/** The answer's time may be that of the first leg's failure, which says nothing of the second. */
function secondAt(at: Date | null, { firstFailedAt }: SecondLeg): Date | null {
  return at !== null && at.getTime() !== firstFailedAt?.getTime() ? at : null;
}

function labelOf(answer: StatusAnswer): string {
  if (answer.kind === "status") return answer.state;
  return answer.kind === "failed-check" && answer.isAboutAnother ? "another-message" : answer.kind;
}

function expire(check: DueCheck, reason: string): CheckResult {
  return { messageId: check.id, answer: "expire", reason };
}

const noAnswer: StatusAnswer = { kind: "failed-check", reason: "the provider gave no answer for this message" };
