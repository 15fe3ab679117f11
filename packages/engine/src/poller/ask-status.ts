import {
  nextCheckAt,
  type ProviderRules,
  repeatCheckAt,
  type StatusAnswer,
  type StatusCheckSchedule,
} from "@hikyaku/core";
import type { CheckResult, DueCheck } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { ClientHolder } from "../sender/client-holder.ts";
import type { RouteHold } from "../sender/route-hold.ts";

export interface StatusAskerDeps {
  readonly route: string;
  readonly throttle: Throttle;
  readonly client: ClientHolder;
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
}

/** Asks the carrier for the status of messages of one route, one call each, paced with everything else the route does. */
export function createStatusAsker(deps: StatusAskerDeps) {
  const stop = new AbortController();

  const resultOf = (check: DueCheck, answer: StatusAnswer): CheckResult => {
    const now = deps.now();
    const later = nextCheckAt({
      ...deps.schedule,
      acceptedAt: check.acceptedAt ?? now,
      checks: check.checks,
      now,
      readableDays: deps.rules.readableDays,
    });
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
        const again = repeatCheckAt({
          acceptedAt: check.acceptedAt ?? now,
          now,
          readableDays: deps.rules.readableDays,
          failures: 1,
          random: Math.random,
        });
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

  return {
    /** Never throws; without an answer the message is to be asked about again. */
    async ask(due: DueCheck): Promise<AskedStatus> {
      if (due.providerMessageId === null) {
        return { result: expire(due, "accepted without an id, and no receipt came"), asked: "impossible" };
      }
      const later: AskedStatus = {
        result: { messageId: due.id, answer: "none", nextCheckInMs: 1_000 },
        asked: "not-yet",
      };
      const [permit] = await deps.throttle.acquire("status", 1, stop.signal).catch(() => []);
      if (!permit) return later;
      if (!(await permit.ready())) {
        permit.release();
        return later;
      }
      const startedAt = performance.now();
      let answer: StatusAnswer;
      try {
        const { id: messageId, providerMessageId, channel, sendMode } = due;
        const ref = { messageId, providerMessageId, channel, sendMode };
        const [first] = await deps.client.use((client) => client.checkStatus([ref]));
        answer = first ?? { kind: "failed-check", reason: "the provider gave no answer for this message" };
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "the provider's client failed");
        answer = { kind: "failed-check", reason: "internal error while checking" };
      } finally {
        permit.release();
      }
      deps.metrics.checks.inc({ route: deps.route, answer: answer.kind === "status" ? answer.state : answer.kind });
      if (answer.kind === "throttled") deps.throttle.throttled(answer.retryAfterMs, startedAt);
      if (answer.kind === "held") {
        await deps.hold.note(due.id, { kind: "held", cause: answer.cause, reason: `status API: ${answer.reason}` });
      }
      const isAnswer = answer.kind === "status" || answer.kind === "not-known";
      return { result: resultOf(due, answer), asked: isAnswer ? "answered" : "failed" };
    },
    /** What still waits for a permit gets none: it is asked about later, by somebody else. */
    close(): void {
      stop.abort();
    },
  };
}

export type StatusAsker = ReturnType<typeof createStatusAsker>;

function expire(check: DueCheck, reason: string): CheckResult {
  return { messageId: check.id, answer: "expire", reason };
}
