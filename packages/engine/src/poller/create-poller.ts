import {
  nextCheckAt,
  type ProviderRules,
  repeatCheckAt,
  type StatusAnswer,
  type StatusCheckSchedule,
} from "@hikyaku/core";
import { type CheckResult, type DueCheck, type Ledger, recordChecks, takeDueChecks } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { ClientHolder } from "../sender/client-holder.ts";
import type { RouteHold } from "../sender/route-hold.ts";

export interface PollerDeps {
  readonly route: string;
  readonly ledger: Ledger;
  readonly throttle: Throttle;
  readonly client: ClientHolder;
  readonly rules: ProviderRules;
  readonly hold: RouteHold;
  readonly schedule: Required<Pick<StatusCheckSchedule, "graceMs" | "plan" | "lastCheckMarginMs">>;
  readonly intervalMs: number;
  readonly batchSize: number;
  /** Share of the route's rate that status checks may use. */
  readonly tpsShare: number;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A check taken and not answered within this time is taken again, by any poller. */
const takenForMs = 120_000;
const roundSeconds = 5;

/**
 * Asks the carrier about messages of one route that stay silent, until they have their final answer or the carrier no
 * longer knows. Any number of processes may run one: a due check is taken by exactly one of them.
 *
 * A check that fails is tried again later and never marks a message.
 */
export function createPoller(deps: PollerDeps) {
  const sql = deps.ledger.sql;
  const stop = new AbortController();
  let closing = false;
  let wake: (() => void) | null = null;

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

  const check = async (due: DueCheck): Promise<CheckResult> => {
    if (due.providerMessageId === null) return expire(due, "accepted without an id, and no receipt came");
    const later: CheckResult = { messageId: due.id, answer: "none", nextCheckInMs: 1_000 };
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
    return resultOf(due, answer);
  };

  /** No more than can be asked in a few seconds: what is taken here, no other poller asks about. */
  const roundSize = (): number => {
    const rate = deps.throttle.currentRate();
    if (rate === null) return deps.batchSize;
    return Math.max(1, Math.min(deps.batchSize, Math.floor(rate * deps.tpsShare * roundSeconds)));
  };

  const round = async (): Promise<boolean> => {
    await deps.hold.refresh();
    if (deps.hold.held) return false;
    const limit = roundSize();
    const due = await takeDueChecks(sql, { route: deps.route, limit, leaseMs: takenForMs });
    if (due.length === 0) return false;
    const results = await Promise.all(due.map(check));
    await recordChecks(sql, results);
    return due.length === limit;
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      let more = false;
      try {
        more = await round();
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "a round of status checks failed; trying again");
      }
      if (more || closing) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deps.intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();

  return {
    /** Takes no further checks and waits for those in hand. */
    async close(): Promise<void> {
      closing = true;
      stop.abort();
      wake?.();
      await running;
    },
  };
}

export type Poller = ReturnType<typeof createPoller>;

function expire(check: DueCheck, reason: string): CheckResult {
  return { messageId: check.id, answer: "expire", reason };
}
