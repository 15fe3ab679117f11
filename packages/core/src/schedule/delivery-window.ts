import { IANAZone } from "luxon";

/**
 * The local times of day at which messages may go out. JSON-safe, as it stands in configuration and ledger. `to` is the
 * first minute that is closed again; `24:00` is the end of the day. A window whose `to` is not after its `from`
 * passes midnight and belongs to the day on which it opened.
 */
export interface DeliveryWindow {
  /** `HH:mm` */
  from: string;
  /** `HH:mm`, up to `24:00` */
  to: string;
  /** IANA name, e.g. `Asia/Tokyo`. */
  timeZone: string;
  /** Days on which the window opens, ISO numbers: 1 Monday … 7 Sunday. All days when left out. */
  weekdays?: readonly number[];
}

export type DeliveryWindowResult = { ok: true; window: DeliveryWindow } | { ok: false; faults: string[] };

/**
 * Reads a window from an object, or from `"09:00-20:00"` with an optional time zone behind it. Every fault is reported.
 */
export function parseDeliveryWindow(input: unknown, defaultTimeZone = "Asia/Tokyo"): DeliveryWindowResult {
  const fields = typeof input === "string" ? fieldsOfText(input) : input;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    return { ok: false, faults: [`${show(input)} is not a delivery window; write e.g. "09:00-20:00 Asia/Tokyo"`] };
  }
  const { from, to, timeZone = defaultTimeZone, weekdays, ...rest } = fields as Record<string, unknown>;
  const faults: string[] = [];
  const fromMinute = minuteOfDay(from);
  const toMinute = minuteOfDay(to);
  if (fromMinute === undefined || fromMinute === 1_440)
    faults.push(`from: ${show(from)} is not a time of day; write HH:mm, e.g. 09:00`);
  if (toMinute === undefined) faults.push(`to: ${show(to)} is not a time of day; write HH:mm, up to 24:00`);
  if (fromMinute !== undefined && fromMinute === toMinute) {
    faults.push(
      `to: equal to from (${show(to)}), which could mean never or always; for the whole day write 00:00 to 24:00`,
    );
  }
  if (typeof timeZone !== "string" || !IANAZone.isValidZone(timeZone)) {
    faults.push(`timeZone: ${show(timeZone)} is not a time zone; write an IANA name, e.g. Asia/Tokyo`);
  }
  if (weekdays !== undefined && !isWeekdays(weekdays)) {
    faults.push(
      `weekdays: ${show(weekdays)} is not a list of weekdays; write numbers from 1 (Monday) to 7 (Sunday), at least one`,
    );
  }
  for (const name of Object.keys(rest)) faults.push(`${name}: not a part of a delivery window; remove it`);
  if (faults.length > 0) return { ok: false, faults };

  const window: DeliveryWindow = { from: from as string, to: to as string, timeZone: timeZone as string };
  if (weekdays !== undefined) window.weekdays = [...new Set(weekdays as number[])].sort();
  return { ok: true, window };
}

/** `09:00-20:00 Asia/Tokyo`, as {@link parseDeliveryWindow} reads it but for the weekdays. */
export function deliveryWindowText({ from, to, timeZone, weekdays }: DeliveryWindow): string {
  return `${from}-${to} ${timeZone}${weekdays ? ` on weekdays ${weekdays.join(", ")}` : ""}`;
}

/**
 * True when a message may go out at `at`: the clock on the wall of the zone shows a time inside the window. So an hour that
 * the clock skips is not there, and one it repeats counts twice. No window (null) is always open. Called for every batch: some
 * arithmetic, and one look into the time zone a minute.
 */
export function isOpen(window: DeliveryWindow | null, at: Date): boolean {
  return window === null || isOpenAt(compiled(window), at.getTime());
}

/** The first moment from `at` on at which the window is open: `at` itself, or the start of a minute. */
export function nextOpening(window: DeliveryWindow | null, at: Date): Date {
  if (window === null) return at;
  const plan = compiled(window);
  let time = at.getTime();
  // Each step passes a day's opening, a midnight or a change of the clock, so a fortnight is far more than enough.
  for (let step = 0; step < 60; step++) {
    if (isOpenAt(plan, time)) return new Date(time);
    time = nextEdge(plan, time);
  }
  throw new Error(`delivery window ${window.from}-${window.to} ${window.timeZone} never opens`);
}

/** True when all windows are open. No window is always open. */
export function areOpen(windows: readonly DeliveryWindow[], at: Date): boolean {
  return windows.every((window) => isOpen(window, at));
}

/** The first moment from `at` on at which all windows are open; null when they do not open together within a month or so. */
export function nextCommonOpening(windows: readonly DeliveryWindow[], at: Date): Date | null {
  let time = at;
  // Each step goes to an opening of a window that was shut.
  for (let step = 0; step < 60 * windows.length + 1; step++) {
    const shut = windows.find((window) => !isOpen(window, time));
    if (!shut) return time;
    time = nextOpening(shut, time);
  }
  return null;
}

/**
 * True when `inner` is never open while `outer` is shut, by the clocks of the year after `at`: the offsets between two zones
 * change with summer time.
 */
export function isWithin(inner: DeliveryWindow, outer: DeliveryWindow, at: Date): boolean {
  const inside = [...openMinutesOfWeek(inner)];
  const outside = openMinutesOfWeek(outer);
  const shifts = new Set<number>();
  for (let week = 0; week < 53; week++) {
    const time = at.getTime() + week * 7 * dayMs;
    shifts.add((offsetMs(compiled(outer).zone, time) - offsetMs(compiled(inner).zone, time)) / minuteMs);
  }
  return [...shifts].every((shift) => inside.every((minute) => outside.has(modulo(minute + shift, 7 * 1_440))));
}

/** Minutes of the local week, from Monday 00:00, at which a window is open. */
function openMinutesOfWeek(window: DeliveryWindow): Set<number> {
  const plan = compiled(window);
  const length = plan.from < plan.to ? plan.to - plan.from : plan.to - plan.from + 1_440;
  const minutes = new Set<number>();
  for (const [day, opens] of plan.opensOn.entries()) {
    if (!opens) continue;
    for (let minute = 0; minute < length; minute++) minutes.add((day * 1_440 + plan.from + minute) % (7 * 1_440));
  }
  return minutes;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

interface CompiledWindow {
  from: number;
  to: number;
  zone: IANAZone;
  opensOn: readonly boolean[];
}

const compiledWindows = new WeakMap<DeliveryWindow, CompiledWindow>();

function compiled(window: DeliveryWindow): CompiledWindow {
  let plan = compiledWindows.get(window);
  if (!plan) {
    const { weekdays } = window;
    plan = {
      from: minuteOfDay(window.from) ?? 0,
      to: minuteOfDay(window.to) ?? 1_440,
      zone: IANAZone.create(window.timeZone),
      opensOn: [1, 2, 3, 4, 5, 6, 7].map((day) => weekdays === undefined || weekdays.includes(day)),
    };
    compiledWindows.set(window, plan);
  }
  return plan;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

function isOpenAt(plan: CompiledWindow, time: number): boolean {
  const { minute, weekday } = wallClock(plan.zone, time);
  const today = plan.opensOn[weekday];
  if (plan.from < plan.to) return today === true && minute >= plan.from && minute < plan.to;
  const yesterday = plan.opensOn[(weekday + 6) % 7];
  return (today === true && minute >= plan.from) || (yesterday === true && minute < plan.to);
}

/** The next moment at which a closed window may open: its opening, midnight, or a change of the clock before either. */
function nextEdge(plan: CompiledWindow, time: number): number {
  const startOfMinute = Math.floor(time / minuteMs) * minuteMs;
  const { minute } = wallClock(plan.zone, time);
  const target = minute < plan.from ? plan.from : 1_440;
  const edge = startOfMinute + (target - minute) * minuteMs;
  const offset = offsetMs(plan.zone, time);
  if (offsetMs(plan.zone, edge) === offset) return edge;
  let before = startOfMinute;
  let after = edge;
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs;
    if (offsetMs(plan.zone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** Minute of the local day, and its weekday from 0 (Monday). */
function wallClock(zone: IANAZone, time: number): { minute: number; weekday: number } {
  const local = time + offsetMs(zone, time);
  const day = Math.floor(local / dayMs);
  // 1970-01-01 was a Thursday.
  return { minute: Math.floor((local - day * dayMs) / minuteMs), weekday: (((day + 3) % 7) + 7) % 7 };
}

const lastOffset = new Map<string, { minute: number; offset: number }>();

/** Asking the platform costs some 5 µs; clocks change only at full minutes, so the last answer of each zone is kept. */
function offsetMs(zone: IANAZone, time: number): number {
  const minute = Math.floor(time / minuteMs);
  const known = lastOffset.get(zone.name);
  if (known?.minute === minute) return known.offset;
  const offset = zone.offset(time) * minuteMs;
  lastOffset.set(zone.name, { minute, offset });
  return offset;
}

function minuteOfDay(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= 1_440 ? minute : undefined;
}

function fieldsOfText(text: string): unknown {
  const match = /^\s*(\S+?)\s*[-–~〜～]\s*(\S+?)(?:\s+(\S+))?\s*$/.exec(text);
  if (!match) return undefined;
  return { from: match[1], to: match[2], ...(match[3] === undefined ? {} : { timeZone: match[3] }) };
}

function isWeekdays(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((day) => Number.isInteger(day) && day >= 1 && day <= 7)
  );
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
}
