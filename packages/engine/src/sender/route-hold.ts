import { type AttemptOutcome, type HoldCause, noFailures, noteOutcome } from "@hikyaku/core";
import { findRoute, holdRoute, type Ledger, releaseRoute, takeProbe } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";

/**
 * Whether a route may send, for this process. The truth stands on the route's row, where the claim reads it; this keeps a
 * local copy so that a held route stops at once here and costs no claims.
 *
 * A held route is probed: one message of one process, at growing intervals, tries whether the fault is over; where none can be sent, one
 * question about a message that was.
 */
export function createRouteHold(deps: {
  ledger: Ledger;
  route: string;
  log: Logger;
  metrics: Metrics;
  credentialsProbeMs: number;
  faultProbeMs: { base: number; cap: number };
  onChange: (held: boolean) => void;
}) {
  let held = false;
  let streak = noFailures;
  /** A hold that the ledger does not know of yet. */
  let unwritten: { cause: HoldCause; reason: string } | null = null;

  const setHeld = (value: boolean): void => {
    if (held === value) return;
    held = value;
    deps.metrics.routeHeld.set({ route: deps.route }, value ? 1 : 0);
    deps.onChange(value);
  };

  const probeInMs = (cause: HoldCause, probes: number): number =>
    cause === "credentials" || cause === "forbidden" || cause === "configuration"
      ? deps.credentialsProbeMs
      : Math.min(deps.faultProbeMs.cap, deps.faultProbeMs.base * 2 ** Math.min(probes, 10));

  /** Stops this process at once and then tells the ledger; should that fail, `refresh` tells it again. */
  const hold = async (cause: HoldCause, reason: string): Promise<void> => {
    setHeld(true);
    unwritten = { cause, reason };
    try {
      await writeHold();
    } catch (err) {
      deps.log.error({ err, route: deps.route, cause }, "hold not written; it stands in this process");
    }
  };

  const writeHold = async (): Promise<void> => {
    if (!unwritten) return;
    const { cause, reason } = unwritten;
    const newly = await holdRoute(deps.ledger.sql, {
      route: deps.route,
      cause,
      reason,
      probeInMs: probeInMs(cause, 0),
    });
    unwritten = null;
    if (newly) {
      deps.log.error({ route: deps.route, cause, reason }, "route held: nothing is sent until a probe succeeds");
    }
  };

  return {
    get held(): boolean {
      return held;
    },
    /** Takes note of an answer; holds the route when the answer says that every message would fail. Never rejects. */
    async note(messageId: string, outcome: AttemptOutcome): Promise<void> {
      const before = streak;
      const noted = noteOutcome(before, messageId, outcome);
      streak = noted.streak;
      if (noted.hold === null || outcome.kind === "accepted") return;
      await hold(noted.hold, before.count > 0 ? `${before.count + 1} in a row: ${outcome.reason}` : outcome.reason);
    },
    /** Brings this process's view and the ledger's together; to be called about once a second. */
    async refresh(): Promise<void> {
      await writeHold();
      const row = await findRoute(deps.ledger.sql, deps.route);
      setHeld(Boolean(row?.heldAt));
    },
    /**
     * Whether this process may try the route now, by one message, or by one question where nothing waits to be sent. Only for who has
     * something to try it with: the right is given to one process, and asking takes it.
     *
     * @param overdueMs for who comes second: only a probe that nobody took for so long
     */
    async takeProbe(overdueMs = 0): Promise<boolean> {
      const row = await findRoute(deps.ledger.sql, deps.route);
      if (!row?.heldAt) return false;
      const nextProbeInMs = probeInMs((row.heldCause ?? "operator") as HoldCause, row.probeCount + 1);
      return takeProbe(deps.ledger.sql, { route: deps.route, nextProbeInMs, overdueMs });
    },
    /** The probe went well: the route sends again. The feeder begins again from the ledger. */
    async release(): Promise<void> {
      unwritten = null;
      if (await releaseRoute(deps.ledger.sql, { route: deps.route })) {
        deps.log.warn({ route: deps.route }, "route resumed");
      }
      setHeld(false);
    },
  };
}

export type RouteHold = ReturnType<typeof createRouteHold>;
