export interface FeedSettings {
  /** Seconds of sending kept ready in a route's queue. */
  readonly windowSeconds: number;
  /** How much sending time one job covers. */
  readonly jobSpanMs: number;
  readonly maxJobMessages: number;
  /** How often the queue is refilled. */
  readonly intervalMs: number;
}

/** Messages in one job: what the route sends in the configured span, so that a job neither costs much nor waits long. */
export function messagesPerJob(
  ratePerSecond: number | null,
  settings: Pick<FeedSettings, "jobSpanMs" | "maxJobMessages">,
): number {
  if (ratePerSecond === null) return settings.maxJobMessages;
  return Math.max(1, Math.min(settings.maxJobMessages, Math.round((ratePerSecond * settings.jobSpanMs) / 1_000)));
}
