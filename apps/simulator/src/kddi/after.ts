/** Node starts a timer at the last whole ms its loop has seen and ends it at a whole ms: on average it fires so much late. */
const timerLagMs = 0.7;

/**
 * Real time since `sinceMs` (`performance.now()`); at once when there is nothing to wait for, and never a reason to keep the process
 * alive.
 */
export function after(delayMs: number, run: () => void, sinceMs: number = performance.now()): void {
  const leftMs = delayMs - (performance.now() - sinceMs);
  if (leftMs <= 0) run();
  else setTimeout(run, Math.max(1, Math.round(leftMs - timerLagMs))).unref();
}
