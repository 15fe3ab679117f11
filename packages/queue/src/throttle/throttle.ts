/** What a permit is for. Inside a process `single` is served before `campaign`, and that before `status`; first come first served within. */
export type PermitKind = "single" | "campaign" | "status";

/** The carrier's limits of a route, for all processes together. */
export interface RouteLimits {
  /** Starts of requests in any second; null = not limited. */
  tps: number | null;
  /** Requests in flight. */
  concurrency: number;
}

/**
 * The right to make one request. The way of use: `acquire` → claim the message in the ledger → `await ready()` → when true,
 * POST without further delay → `sent()` → `release()`. A permit that turns out not to be needed is released without `ready()`.
 */
export interface Permit {
  /** When it may start at the earliest, `performance.now()` ms. An estimate: `ready` keeps the time. */
  readonly startAt: number;
  /**
   * Resolves when the request must be made, in the same tick if possible. A start that comes late for its slot
   * keeps it; more urgent kinds go first. False: no start in reasonable time (the route is held for more
   * than 2 s, Redis is away, or the throttle closes); put the message back unharmed. Never rejects. Call it once.
   */
  ready(): Promise<boolean>;
  /**
   * The request has been written, as far as this process can tell: call it in the tick in which the request is made, right
   * after. A process that is held up between `ready` and here is late for the gateway; the slots a second later make up for it.
   */
  sent(): void;
  /** The request is over, or will not be made. Whoever waits in this process gets the place. Idempotent. */
  release(): void;
}

export interface ThrottleFigures {
  /** Configured starts per second; null = not limited. */
  tpsLimit: number | null;
  /** Starts per second allowed now, lowered by 503s; null = not limited. */
  rate: number | null;
  /** Requests in flight that the route allows over all processes, and this process now. */
  concurrencyLimit: number;
  granted: number;
  /** Requests of this process in flight. */
  inUse: number;
  /** Permits given out that have not started. */
  reserved: number;
  /** Permits asked for and not given yet. */
  waiting: Record<PermitKind, number>;
  /** Since the throttle was opened: starts, those that came late, slots that passed unused, slots that passed though needed, answers 503. */
  started: number;
  startedLate: number;
  slotsUnused: number;
  slotsMissed: number;
  throttled: number;
  /** Nobody starts for this long because the gateway said so (Retry-After). */
  heldForMs: number;
  /** Whether Redis was heard of lately; without it nobody starts. */
  connected: boolean;
}

/** One process's share of a route's limits. */
export interface Throttle {
  /**
   * Waits for 1 to `max` permits. They come with a short lead before their slots, so that the claim fits in between.
   * @throws ThrottleClosedError, or the signal's reason
   */
  acquire(kind: PermitKind, max: number, signal?: AbortSignal): Promise<Permit[]>;
  /**
   * The gateway answered 503. Lowers the rate for all processes (one cut per burst) and, with `retryAfterMs`, keeps all of
   * them from starting until it has passed, an hour at most. Never throws.
   * @param startedAt `performance.now()` when that request was made; one made before the last cut doesn't cut again
   */
  throttled(retryAfterMs?: number, startedAt?: number): void;
  /** New limits, for all processes at once. The limits read last win. */
  setLimits(limits: RouteLimits): Promise<void>;
  /** Starts per second allowed now over all processes; null = not limited. */
  currentRate(): number | null;
  /** Requests this process may have in flight now. Between 0 and the limit. */
  readonly concurrency: number;
  /** Calls `listener` with each new value of `concurrency`. Returns the way to stop. */
  onConcurrencyChange(listener: (concurrency: number) => void): () => void;
  figures(): ThrottleFigures;
  /** Gives this process's share back. Waiting callers get a ThrottleClosedError, permits in `ready` get false. */
  close(): Promise<void>;
}

/** `acquire` on a throttle that is closed or closes meanwhile. */
export class ThrottleClosedError extends Error {
  override readonly name = "ThrottleClosedError";
  readonly code = "throttle-closed";

  constructor(route: string) {
    super(`The throttle of route ${route} is closed; no further permits are given`);
  }
}
