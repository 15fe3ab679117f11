import { forgivenMs, latestMs } from "./late-starts.ts";
import { createSlotLine, type Slot } from "./slot-line.ts";
import { createStartLog } from "./start-log.ts";
import { type Permit, type PermitKind, ThrottleClosedError } from "./throttle.ts";

/** What the cluster allows this process at the moment. */
export interface Allowance {
  /** Requests in flight. */
  granted: number;
  /** Most starts in a second, for the whole route; null = not limited. */
  tps: number | null;
  /** No start before this moment, local ms; Infinity = not before there is news. */
  notBefore: number;
}

export interface LocalPermitsOptions {
  route: string;
  allowance(now: number): Allowance;
  /** The second, slower pace that status checks have to pass before they may have a slot. */
  statusCeiling: {
    /** Permits it lets through now. */
    free(): number;
    take(count: number): void;
    want(count: number): void;
  };
  /** `count` more slots could be used. */
  wantSlots(count: number): void;
  /** A request left `lateMs` after its slot. */
  onSent(slot: Slot, lateMs: number): void;
  /** More requests could be in flight than are granted. */
  wantConcurrency(): void;
}

/** Permits of one process: who waits, which slots there are, and what is in flight. */
export interface LocalPermits {
  acquire(kind: PermitKind, max: number, signal?: AbortSignal): Promise<Permit[]>;
  addSlots(slots: readonly Slot[]): void;
  clearSlots(): void;
  /** Looks again at everything; call it when the allowance changed. */
  review(): void;
  /** Requests this process has in flight or would like to, now. */
  demand(): number;
  /** Starts of this process in the last second. */
  startsInLastSecond(): number;
  counts(): LocalCounts;
  close(): void;
}

export interface LocalCounts {
  inUse: number;
  reserved: number;
  waiting: Record<PermitKind, number>;
  started: number;
  startedLate: number;
  slotsUnused: number;
  slotsMissed: number;
}

interface Waiter {
  max: number;
  resolve(permits: Permit[]): void;
  reject(reason: unknown): void;
  /** Since when it could have been given something, but less than it asked for. */
  gatheringSince?: number;
}

interface Starter {
  since: number;
  /** With the slot it started at, where there is a pace; without a start nothing. */
  resolve(start: { slot: Slot | undefined } | undefined): void;
}

const kinds = ["single", "campaign", "status"] as const satisfies readonly PermitKind[];

/**
 * Permits are given out ahead of the places they will find free within this time, or within the time a claim takes, so that
 * claims overlap with requests. Longer with a pace, where the slots for those places have to be leased, too.
 */
const aheadMs = { paced: 30, unpaced: 25 };
/** What a claim may take between a slot's lease and the slot. Slower ones begin before their slots are leased. */
const quickClaimMs = 15;
const slowestClaimMs = 250;
/** Without a pace, a place that gets free waits this long for company: one claim for several messages is far cheaper. */
const gatherMs = 10;
/** No longer than until this part of the places is together. */
const gatheredShare = 1 / 4;
/** `ready` gives up after this long, or at once when nobody may start for `shortHoldMs`. */
const readyTimeoutMs = 10_000;
const shortHoldMs = 2_000;

export function createLocalPermits(options: LocalPermitsOptions): LocalPermits {
  const { route, allowance, statusCeiling, wantSlots, onSent, wantConcurrency } = options;
  const waiters: Record<PermitKind, Waiter[]> = { single: [], campaign: [], status: [] };
  const starters: Record<PermitKind, Starter[]> = { single: [], campaign: [], status: [] };
  /** Permits given out that have not started. */
  const reserved: Record<PermitKind, number> = { single: 0, campaign: 0, status: 0 };
  /** Permits the waiters ask for. */
  const wanted: Record<PermitKind, number> = { single: 0, campaign: 0, status: 0 };
  const slots = createSlotLine({ latestMs });
  const log = createStartLog();
  /** From a permit to its `ready`, smoothed. */
  let claimMs = 0;
  let inUse = 0;
  let started = 0;
  let startedLate = 0;
  let slotsUnused = 0;
  let slotsMissed = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Infinity;

  const total = (of: Record<PermitKind, number>): number => of.single + of.campaign + of.status;

  function review(): void {
    if (closed) return;
    const now = performance.now();
    const allowed = allowance(now);
    dropPassed(now);
    giveUp(now, allowed);
    startDue(now, allowed);
    giveOut(now, allowed);
    askForMore(now, allowed);
    wakeFor(now, allowed);
  }

  function dropPassed(now: number): void {
    const passed = slots.takePassed(now).length;
    if (passed === 0) return;
    const missed = Math.min(passed, total(reserved) + total(wanted));
    slotsMissed += missed;
    slotsUnused += passed - missed;
  }

  function giveUp(now: number, { notBefore }: Allowance): void {
    const longHold = notBefore - now > shortHoldMs && notBefore !== Infinity;
    for (const kind of kinds) {
      const line = starters[kind];
      while (line[0] !== undefined && (longHold || now - line[0].since > readyTimeoutMs))
        line.shift()?.resolve(undefined);
    }
  }

  /** Slots belong to whoever is ready and most urgent, not to the permit they were leased for. */
  function startDue(now: number, { granted, tps, notBefore }: Allowance): void {
    while (inUse < granted && notBefore <= now) {
      const kind = kinds.find((each) => starters[each].length > 0);
      if (kind === undefined) return;
      let slot: Slot | undefined;
      if (tps !== null) {
        slot = slots.takeDue(now);
        if (slot === undefined) return;
        if (log.count(now) >= Math.max(1, Math.floor(tps))) {
          slotsMissed++;
          continue;
        }
        if (now - slot.at > forgivenMs) startedLate++;
      }
      inUse++;
      started++;
      log.add(now);
      starters[kind].shift()?.resolve({ slot });
    }
  }

  /** Starts that are to be expected within a time, by those of the last second. */
  const startsWithin = (ms: number, now: number): number => (log.count(now) / 1_000) * ms;

  function ahead(now: number, { granted, tps }: Allowance): number {
    const ms = Math.max(tps === null ? aheadMs.unpaced : aheadMs.paced, claimMs);
    return Math.max(1, Math.min(granted, Math.ceil(startsWithin(ms, now))));
  }

  function giveOut(now: number, allowed: Allowance): void {
    if (allowed.granted === 0 || allowed.notBefore > now) return;
    for (const kind of kinds) {
      const line = waiters[kind];
      for (let waiter = line[0]; waiter !== undefined; waiter = line[0]) {
        const count = offer(kind, waiter, now, allowed);
        if (count < 1) return;
        line.shift();
        wanted[kind] -= waiter.max;
        if (kind === "status" && allowed.tps !== null) statusCeiling.take(count);
        const from = total(reserved);
        waiter.resolve(Array.from({ length: count }, (_, index) => permit(kind, slots.at(from + index)?.dueAt ?? now)));
      }
    }
  }

  function offer(kind: PermitKind, waiter: Waiter, now: number, allowed: Allowance): number {
    const { granted, tps } = allowed;
    // A single message counts on the places and slots that campaign permits hold: it will start before them.
    const before = kind === "single" ? reserved.single : total(reserved);
    let count = Math.min(waiter.max, granted - inUse - before + ahead(now, allowed));
    if (tps !== null) {
      count = Math.min(
        count,
        slots.length - before + Math.floor(startsWithin(Math.max(0, claimMs - quickClaimMs), now)),
      );
    }
    if (tps !== null && kind === "status") count = Math.min(count, statusCeiling.free());
    if (count < 1) return 0;
    if (tps === null && kind !== "single" && count < Math.min(waiter.max, Math.ceil(granted * gatheredShare))) {
      waiter.gatheringSince ??= now;
      if (now - waiter.gatheringSince < gatherMs) return 0;
    }
    return count;
  }

  function askForMore(now: number, allowed: Allowance): void {
    const { granted, tps, notBefore } = allowed;
    const open = total(reserved) + total(wanted);
    if (open + inUse > granted && open > 0) wantConcurrency();
    if (tps === null || notBefore > now || granted === 0) return;
    if (wanted.status > 0) statusCeiling.want(wanted.status);
    // Slots for places that will not be free, or that the ceiling keeps from being used, would be lost to other processes.
    const startable = open - wanted.status + Math.min(wanted.status, statusCeiling.free());
    const usable = Math.min(startable, granted - inUse + ahead(now, allowed));
    // Slots that have to wait are no help now: without others in their place the pace would have a hole.
    const prompt = slots.length - slots.delayed(now);
    if (usable > prompt) wantSlots(usable - prompt);
  }

  function wakeFor(now: number, { granted, notBefore }: Allowance): void {
    const waits: number[] = [];
    const someoneReady = kinds.some((kind) => starters[kind].length > 0);
    const someoneWaits = kinds.some((kind) => waiters[kind].length > 0);
    const nextSlot = slots.at(0)?.dueAt;
    if (someoneReady && inUse < granted && nextSlot !== undefined) waits.push(nextSlot);
    if ((someoneReady || someoneWaits) && notBefore > now && notBefore !== Infinity) waits.push(notBefore);
    const gathering = waiters.campaign[0]?.gatheringSince ?? waiters.status[0]?.gatheringSince;
    if (gathering !== undefined) waits.push(gathering + gatherMs);
    const next = Math.min(...waits);
    if (next === wakesAt) return;
    clearTimeout(timer);
    wakesAt = next;
    if (next === Infinity) return;
    timer = setTimeout(
      () => {
        wakesAt = Infinity;
        review();
      },
      Math.max(1, Math.round(next - now)),
    );
  }

  function permit(kind: PermitKind, startAt: number): Permit {
    reserved[kind]++;
    let state: "reserved" | "asked" | "started" | "over" = "reserved";
    let starter: Starter | undefined;
    let slot: Slot | undefined;
    const givenAt = performance.now();
    return {
      startAt,
      ready() {
        if (state !== "reserved" || closed) return Promise.resolve(false);
        state = "asked";
        const since = performance.now();
        claimMs += (Math.min(slowestClaimMs, since - givenAt) - claimMs) / 32;
        return new Promise((resolve) => {
          starter = {
            since,
            resolve(start) {
              reserved[kind]--;
              state = start === undefined ? "over" : "started";
              slot = start?.slot;
              resolve(start !== undefined);
            },
          };
          starters[kind].push(starter);
          review();
        });
      },
      sent() {
        const startedAt = slot;
        slot = undefined;
        // undici looks at the end of this turn whether the socket is still open, and writes then; this comes right after.
        if (startedAt !== undefined) setImmediate(() => onSent(startedAt, performance.now() - startedAt.at));
      },
      release() {
        if (state === "over") return;
        if (state === "started") inUse--;
        else if (state === "reserved") reserved[kind]--;
        else if (starter !== undefined) {
          starters[kind].splice(starters[kind].indexOf(starter), 1);
          starter.resolve(undefined);
        }
        state = "over";
        review();
      },
    };
  }

  return {
    acquire(kind, max, signal) {
      if (closed) return Promise.reject(new ThrottleClosedError(route));
      if (!(max >= 1)) return Promise.reject(new RangeError(`max: ${max} must be at least 1`));
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          max: Math.floor(max),
          resolve(permits) {
            signal?.removeEventListener("abort", onAbort);
            resolve(permits);
          },
          reject(reason) {
            signal?.removeEventListener("abort", onAbort);
            reject(reason);
          },
        };
        const onAbort = (): void => {
          const at = waiters[kind].indexOf(waiter);
          if (at < 0) return;
          waiters[kind].splice(at, 1);
          wanted[kind] -= waiter.max;
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiters[kind].push(waiter);
        wanted[kind] += waiter.max;
        review();
      });
    },
    addSlots(more) {
      slots.add(more);
      review();
    },
    clearSlots() {
      slotsUnused += slots.length;
      slots.clear();
      review();
    },
    review,
    demand: () => inUse + total(reserved) + total(wanted),
    startsInLastSecond: () => log.count(performance.now()),
    counts: () => ({
      inUse,
      reserved: total(reserved),
      waiting: { ...wanted },
      started,
      startedLate,
      slotsUnused,
      slotsMissed,
    }),
    close() {
      if (closed) return;
      for (const kind of kinds) {
        for (const waiter of waiters[kind].splice(0)) waiter.reject(new ThrottleClosedError(route));
        for (const starter of starters[kind].splice(0)) starter.resolve(undefined);
      }
      clearTimeout(timer);
      closed = true;
    },
  };
}
