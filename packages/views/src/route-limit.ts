/** A route's `limits.tps` counts requests; a rate of messages can be held against it only where a request carries one message. */
export interface RouteLimit {
  tps: number;
  /** At most. */
  messagesPerRequest: number;
}

/** `20 requests/s, up to 100 messages each`: the limit where no rate of messages can be compared with it. */
export function requestLimitText({ tps, messagesPerRequest }: RouteLimit): string {
  return `${tps.toLocaleString("en-US")} requests/s, up to ${messagesPerRequest} messages each`;
}
