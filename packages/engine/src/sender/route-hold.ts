import { type AttemptOutcome, type HoldCause, noFailures, noteOutcome } from "@hikyaku/core";
import { findRoute, holdRoute, type Ledger, releaseRoute, rewindCursor, takeProbe } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";

/**
 * Whether a route may send, for this process. The truth stands on the route's row, where the claim reads it; this keeps a
 * local copy so that a held route stops at once here and costs no claims.
 *
 * A held route is probed: one message of one process, at growing intervals, tries whether the fault is over.
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

  const hold = async (cause: HoldCause, reason: string): Promise<void> => {
    setHeld(true);
    const newly = await holdRoute(deps.ledger.sql, {
      route: deps.route,
      cause,
      reason,
      probeInMs: probeInMs(cause, 0),
    });
    if (newly)
      deps.log.error({ route: deps.route, cause, reason }, "route held: nothing is sent until a probe succeeds");
  };

  const release = async (): Promise<void> => {
    if (await releaseRoute(deps.ledger.sql, { route: deps.route })) {
      // Jobs taken while the route was held were dropped unharmed; the feeder begins again from the ledger.
      await rewindCursor(deps.ledger.sql, { route: deps.route });
      deps.log.warn({ route: deps.route }, "route resumed");
    }
    setHeld(false);
  };

  return {
    get held(): boolean {
      return held;
    },
    /** Takes note of an answer; holds the route when the answer says that every message would fail. */
    async note(messageId: string, outcome: AttemptOutcome): Promise<void> {
      const before = streak;
      const noted = noteOutcome(before, messageId, outcome);
      streak = noted.streak;
      if (noted.hold === null || outcome.kind === "accepted") return;
      await hold(noted.hold, before.count > 0 ? `${before.count + 1} in a row: ${outcome.reason}` : outcome.reason);
    },
    /**
     * Reads the ledger's word; to be called about once a second. Answers true when this process has won the right to
     * send one probing message now.
     */
    async refresh(): Promise<boolean> {
      const row = await findRoute(deps.ledger.sql, deps.route);
      if (!row?.heldAt) {
        setHeld(false);
        return false;
      }
      setHeld(true);
      return takeProbe(deps.ledger.sql, {
        route: deps.route,
        nextProbeInMs: probeInMs((row.heldCause ?? "operator") as HoldCause, row.probeCount + 1),
      });
    },
    release,
  };
}

export type RouteHold = ReturnType<typeof createRouteHold>;
