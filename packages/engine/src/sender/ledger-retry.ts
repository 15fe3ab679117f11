const waitMs = { base: 100, cap: 2_000 };

/** The wait before a ledger that did not answer is asked again: twice as long each time, at most two seconds. */
export function ledgerRetry(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(waitMs.cap, waitMs.base * 2 ** attempt)));
}
