import { type DeliveryWindow, isOpen } from "@hikyaku/core";

const minuteMs = 60_000;
/** Beyond a month an estimate says nothing. */
const farthestMs = 31 * 24 * 60 * minuteMs;

/**
 * When the last of `left` messages goes out at this pace, if it may go out only inside the window; null when that is never
 * or too far away to say. Steps by minutes: windows open and close on them.
 */
export function estimateEnd({
  left,
  perSecond,
  window,
  now,
}: {
  left: number;
  perSecond: number;
  window: DeliveryWindow | null;
  now: Date;
}): Date | null {
  if (left === 0) return now;
  if (perSecond <= 0) return null;
  let sendingMs = (left / perSecond) * 1_000;
  if (window === null) return sendingMs > farthestMs ? null : new Date(now.getTime() + sendingMs);
  const end = now.getTime() + farthestMs;
  for (let at = now.getTime(); at < end; ) {
    const next = Math.floor(at / minuteMs) * minuteMs + minuteMs;
    if (isOpen(window, new Date(at))) {
      if (sendingMs <= next - at) return new Date(at + sendingMs);
      sendingMs -= next - at;
    }
    at = next;
  }
  return null;
}
