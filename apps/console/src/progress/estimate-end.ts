import { areOpen, type DeliveryWindow, nextCommonOpening } from "@hikyaku/core";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** Beyond a month an estimate says nothing. */
const farthestMs = 31 * dayMinutes * minuteMs;

/**
 * When the last of `left` messages goes out at this pace, if it may go out only while all windows are open; null when that is never
 * or too far away to say.
 */
export function estimateEnd({
  left,
  perSecond,
  windows,
  now,
}: {
  left: number;
  perSecond: number;
  windows: readonly DeliveryWindow[];
  now: Date;
}): Date | null {
  if (left === 0) return now;
  if (perSecond <= 0) return null;
  let sendingMs = (left / perSecond) * 1_000;
  const farthest = now.getTime() + farthestMs;
  let at = now;
  while (at.getTime() + sendingMs <= farthest) {
    if (windows.length === 0) return new Date(at.getTime() + sendingMs);
    const from = areOpen(windows, at) ? at : nextCommonOpening(windows, at);
    if (from === null) return null;
    const to = new Date(Math.min(...windows.map((window) => closingAfter(window, from).getTime())));
    const openMs = to.getTime() - from.getTime();
    if (sendingMs <= openMs) return new Date(from.getTime() + sendingMs);
    sendingMs -= openMs;
    at = to;
  }
  return null;
}

/** When a window that is open at `at` closes; an hour off on the day a clock is changed, which an estimate may be. */
function closingAfter({ to, timeZone }: DeliveryWindow, at: Date): Date {
  const [hours = 0, minutes = 0] = to.split(":").map(Number);
  const local = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" }).format(at);
  const [hour = 0, minute = 0] = local.split(":").map(Number);
  const left = (hours * 60 + minutes - (hour * 60 + minute) + dayMinutes) % dayMinutes || dayMinutes;
  return new Date(Math.floor(at.getTime() / minuteMs) * minuteMs + left * minuteMs);
}
