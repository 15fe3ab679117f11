/** Real time; at once when there is nothing to wait for, and never a reason to keep the process alive. */
export function after(delayMs: number, run: () => void): void {
  if (delayMs <= 0) run();
  else setTimeout(run, delayMs).unref();
}
