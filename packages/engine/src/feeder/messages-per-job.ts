export interface FeedSettings {
  /** Seconds of sending kept ready in a route's queue. */
  readonly windowSeconds: number;
  /** How much sending time one job covers. */
  readonly jobSpanMs: number;
  readonly maxJobMessages: number;
  /** How often the queue is refilled. */
  readonly intervalMs: number;
}

export interface SendingPace {
  /** Requests a second; null = not limited. */
  readonly ratePerSecond: number | null;
  readonly recipientsPerRequest: number;
}

/**
 * Messages in one job: what the route sends in the configured span, so that a job neither costs much nor waits long. Where requests carry many
 * recipients, a job may be as large as a request.
 */
export function messagesPerJob(
  { ratePerSecond, recipientsPerRequest }: SendingPace,
  settings: Pick<FeedSettings, "jobSpanMs" | "maxJobMessages">,
): number {
  const most = Math.max(settings.maxJobMessages, recipientsPerRequest);
  if (ratePerSecond === null) return most;
  const inSpan = (ratePerSecond * recipientsPerRequest * settings.jobSpanMs) / 1_000;
  return Math.max(1, Math.min(most, Math.round(inSpan)));
}
