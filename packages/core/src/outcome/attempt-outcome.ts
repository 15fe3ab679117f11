/** What one POST for one message came to (design: outcomes of an attempt). Nothing unrecognised is ever `accepted`. */
export type AttemptOutcome =
  | Accepted
  | { kind: "rejected"; reason: string; httpStatus?: number }
  /** The route, not the message, is at fault: the message goes back unharmed and the route is held. */
  | { kind: "held"; cause: HoldCause; reason: string; httpStatus?: number }
  /** Certainly (or by configuration assumed) not accepted: try again later, using up an attempt. */
  | { kind: "retry"; cause: RetryCause; reason: string; httpStatus?: number; retryAfterMs?: number }
  /** Over the limit: back to the queue without using up an attempt, and slower for everybody. */
  | { kind: "throttled"; reason: string; httpStatus?: number; retryAfterMs?: number }
  /** It may or may not have been accepted. Never retried blindly. */
  | { kind: "unknown"; reason: string; httpStatus?: number; sendMode?: string | null };

export interface Accepted {
  kind: "accepted";
  /** The carrier's message id; null when a 2xx came without one (alarm, never re-sent). */
  providerMessageId: string | null;
  providerOrderId: string | null;
  /** The channel the carrier says it used, when it says so: `sms`, `rcs`, `alimtalk` … */
  channel: string | null;
  /**
   * How it was sent, in the provider's own word, where the status call must repeat it (KDDI: `X-Fallback`). An unknown outcome has it
   * too: the message may be adopted by a notification and asked about then.
   */
  sendMode?: string | null;
  /** Set when an operator should look, e.g. a 2xx without an id. */
  alarm?: string;
}

/**
 * `credentials` 401, `forbidden` 403, `configuration` 404/405/415, `unreachable` repeated connection failures or 504, `quota` what the
 * account may send for now is used up.
 */
export type HoldCause =
  | "credentials"
  | "forbidden"
  | "configuration"
  | "unreachable"
  | "gateway-fault"
  | "quota"
  | "operator";

/** `gateway-fault` 500/502, `not-reached` 504, `unreachable` refused/DNS/TLS/connect timeout/reset before written. */
export type RetryCause = "gateway-fault" | "not-reached" | "unreachable";

/** The ways a call can break without an HTTP answer, told apart because they differ in what is known. */
export type CallFailure =
  | "refused"
  | "dns"
  | "tls"
  | "connect-timeout"
  | "reset-before-written"
  | "reset-after-written"
  | "response-timeout"
  | "aborted";
