import { setTimeout as delay } from "node:timers/promises";

export interface WaitForOptions {
  /** Give up after this long. Default 10,000. */
  timeoutMs?: number;
  /** Pause between two looks. Default 20. */
  everyMs?: number;
  /** What is awaited, for the failure message: "the campaign to finish". */
  what?: string;
}

/**
 * Looks at `condition` until it gives something truthy, and returns that. A condition that throws is looked at
 * again; the last value or error stands in the failure message.
 * @throws Error when `timeoutMs` passed first
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, what = "the condition" }: WaitForOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | "">> {
  const startedAt = performance.now();
  let last: { value: unknown } | { error: unknown } = { value: undefined };
  let looks = 0;
  for (;;) {
    const left = timeoutMs - (performance.now() - startedAt);
    if (left <= 0 && looks > 0) break;
    const answered = new AbortController();
    const look = await Promise.race([
      attempt(condition),
      delay(Math.max(left, 1), { error: new Error("this look did not come back") }, { signal: answered.signal }),
    ]);
    // Else one timer per look would keep the process alive until the time is up.
    answered.abort();
    looks += 1;
    if ("value" in look && look.value) return look.value as Exclude<T, false | null | undefined | 0 | "">;
    last = look;
    await delay(everyMs);
  }
  const cause = "error" in last ? last.error : undefined;
  throw new Error(`Waited ${timeoutMs} ms for ${what}; looked ${looks} times, last: ${describe(last)}`, { cause });
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}

function describe(last: { value: unknown } | { error: unknown }): string {
  if ("error" in last) return last.error instanceof Error ? last.error.message : String(last.error);
  try {
    return JSON.stringify(last.value) ?? String(last.value);
  } catch {
    return String(last.value);
  }
}
