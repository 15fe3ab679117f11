import type { BackoffCause } from "../schedule/backoff.ts";
import type { AttemptOutcome, CallFailure, HoldCause, RetryCause } from "./attempt-outcome.ts";

/** What an outcome means for the route, beyond its one message. */
export type RouteEffect =
  | { kind: "none" }
  /** Hold at once: every message would fail in the same way. Probed, and resumed by itself. */
  | { kind: "hold"; cause: HoldCause }
  /**
   * Hold when this happened so often in a row. `messages`: only different messages count, because one message may be the
   * fault's own cause. `attempts`: every one counts.
   */
  | { kind: "hold-after"; inARow: number; of: "messages" | "attempts"; cause: HoldCause }
  /** Lower the rate for every process. */
  | { kind: "slow-down" };

type StatusClass = "1xx" | "3xx" | "4xx" | "5xx";

interface OutcomeRow {
  /** Statuses, classes of statuses (for those not listed by number) and ways a call breaks. */
  on: readonly (number | StatusClass | CallFailure)[];
  outcome:
    | { kind: "rejected" }
    | { kind: "held"; cause: HoldCause }
    | { kind: "retry"; cause: RetryCause }
    | { kind: "throttled" }
    | { kind: "unknown" };
  backoff: BackoffCause | null;
  route: RouteEffect;
}

/** Of whatever made them so: an answer that was lost, one that cannot be read, or a status that the route calls ambiguous. */
const unknownsInARow: RouteEffect = { kind: "hold-after", inARow: 20, of: "messages", cause: "unreachable" };

/**
 * What an attempt comes to, by the gateway's answer or by the way the call broke. The guide (§2.6) names 202, 400, 401, 403,
 * 500, 502, 503 and 504; the rest is decided here (protocol notes §7):
 *
 * - 402, 404, 405, 407, 415 and every redirect: the address or the account is wrong, not the message.
 * - 408 and 429 mean what 503 means. Any other 4xx refuses this one request, so the message was not accepted and sending it
 *   again would not help; a campaign whose first messages all meet it pauses itself.
 * - Any other 5xx is a fault of something on the way, like 500.
 * - `aborted` is our own giving up (shutdown). How far the request came is not known, so the message's fate is not either.
 * - What nobody knows of is not sent again, but a connection that loses every answer would leave a whole campaign in doubt: so many in a row
 *   hold the route. One burst of requests that broke together is one probe's pause.
 */
export const outcomeTable: readonly OutcomeRow[] = [
  { on: [400, 413, "4xx"], outcome: { kind: "rejected" }, backoff: null, route: { kind: "none" } },
  held([401], "credentials"),
  held([403], "forbidden"),
  held([402, 404, 405, 407, 415, "1xx", "3xx"], "configuration"),
  {
    on: [500, "5xx"],
    outcome: { kind: "retry", cause: "gateway-fault" },
    backoff: "server-error",
    route: { kind: "hold-after", inARow: 10, of: "messages", cause: "gateway-fault" },
  },
  {
    on: [502],
    outcome: { kind: "retry", cause: "gateway-fault" },
    backoff: "bad-gateway",
    // The protocol notes propose a pause after every 502; one stray answer of a proxy would then cost five seconds of the
    // whole route. Several in a row do mean that the gateway is away, and the hold's probes are that pause.
    route: { kind: "hold-after", inARow: 5, of: "messages", cause: "gateway-fault" },
  },
  {
    on: [503, 429, 408],
    outcome: { kind: "throttled" },
    backoff: "throttled",
    route: { kind: "slow-down" },
  },
  {
    on: [504],
    outcome: { kind: "retry", cause: "not-reached" },
    backoff: "not-reached",
    route: { kind: "hold-after", inARow: 5, of: "messages", cause: "unreachable" },
  },
  {
    on: ["refused", "dns", "tls", "connect-timeout", "reset-before-written"],
    outcome: { kind: "retry", cause: "unreachable" },
    backoff: "unreachable",
    route: { kind: "hold-after", inARow: 10, of: "attempts", cause: "unreachable" },
  },
  {
    on: ["reset-after-written", "response-timeout", "aborted"],
    outcome: { kind: "unknown" },
    backoff: null,
    route: unknownsInARow,
  },
];

function held(on: OutcomeRow["on"], cause: HoldCause): OutcomeRow {
  return { on, outcome: { kind: "held", cause }, backoff: null, route: { kind: "hold", cause } };
}

/** What counts towards a message's attempts: whatever may have to do with the message, never what only its route met. */
export const usesAttempt: Readonly<Record<AttemptOutcome["kind"], boolean>> = {
  accepted: true,
  rejected: true,
  held: false,
  retry: true,
  throttled: false,
  unknown: true,
};

const rows = new Map(outcomeTable.flatMap((row) => row.on.map((on) => [on, row] as const)));

function rowOf(on: number | CallFailure): OutcomeRow | undefined {
  return typeof on === "number" ? (rows.get(on) ?? rows.get(`${Math.floor(on / 100)}xx` as StatusClass)) : rows.get(on);
}

/** Settings of a route that change the table. */
export interface OutcomeKnobs {
  /** Statuses after which the gateway may have accepted the message: they become `unknown`. Default none. */
  ambiguousStatuses?: readonly number[];
  /** False when a proxy on the way also answers 504 after a slow success: 504 becomes `unknown`. Default true. */
  retry504?: boolean;
}

export interface AnswerNotes {
  /** What the gateway said, or a sentence of our own; never a message body. */
  reason: string;
  /** From {@link parseRetryAfter}. */
  retryAfterMs?: number | undefined;
}

/**
 * What a status other than 2xx means. A number that is no HTTP status is `unknown`: the request was written and the answer
 * can't be understood. 2xx is the provider's to decide, who must find the id in the body; giving one here is a bug and throws.
 */
export function decideByStatus(
  httpStatus: number,
  knobs: OutcomeKnobs,
  { reason, retryAfterMs }: AnswerNotes,
): Exclude<AttemptOutcome, { kind: "accepted" }> {
  if (httpStatus >= 200 && httpStatus < 300) {
    throw new RangeError(`decideByStatus was given ${httpStatus}; a 2xx is decided by its body`);
  }
  const ambiguous = knobs.ambiguousStatuses?.includes(httpStatus) || (httpStatus === 504 && knobs.retry504 === false);
  const row = ambiguous ? undefined : rowOf(httpStatus);
  if (!row) return { kind: "unknown", reason, httpStatus };
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const { outcome } = row;
  switch (outcome.kind) {
    case "rejected":
    case "unknown":
      return { kind: outcome.kind, reason, httpStatus };
    case "held":
      return { kind: "held", cause: outcome.cause, reason, httpStatus };
    case "retry":
      return { kind: "retry", cause: outcome.cause, reason, httpStatus, ...wait };
    case "throttled":
      return { kind: "throttled", reason, httpStatus, ...wait };
    default:
      return outcome satisfies never;
  }
}

/** What a call that broke without an answer means: certainly not sent, or not to be known. */
export function decideByFailure(
  failure: CallFailure,
  reason: string,
): Extract<AttemptOutcome, { kind: "retry" | "unknown" }> {
  const outcome = rowOf(failure)?.outcome;
  return outcome?.kind === "retry" ? { kind: "retry", cause: outcome.cause, reason } : { kind: "unknown", reason };
}

/** The backoff plan of an outcome that goes back to the queue to wait; null for all others. */
export function backoffCauseOf(outcome: AttemptOutcome): BackoffCause | null {
  switch (outcome.kind) {
    case "throttled":
      return "throttled";
    case "retry":
      return rowOfRetry(outcome)?.backoff ?? "server-error";
    default:
      return null;
  }
}

/** What an outcome does to its route. */
export function routeEffectOf(outcome: AttemptOutcome): RouteEffect {
  switch (outcome.kind) {
    case "held":
      return { kind: "hold", cause: outcome.cause };
    case "throttled":
      return { kind: "slow-down" };
    case "retry":
      return rowOfRetry(outcome)?.route ?? { kind: "none" };
    case "unknown":
      return unknownsInARow;
    case "accepted":
    case "rejected":
      return { kind: "none" };
    default:
      return outcome satisfies never;
  }
}

/** By cause, not by status alone, so that a provider may decide from its answer's body. */
function rowOfRetry({ cause, httpStatus }: Extract<AttemptOutcome, { kind: "retry" }>): OutcomeRow | undefined {
  const byStatus = httpStatus === undefined ? undefined : rowOf(httpStatus);
  const matches = (row: OutcomeRow) => row.outcome.kind === "retry" && row.outcome.cause === cause;
  return byStatus && matches(byStatus) ? byStatus : outcomeTable.find(matches);
}
