import type { AttemptOutcome } from "../outcome/attempt-outcome.ts";
import type { ReceiptState } from "../state/message-state.ts";

/**
 * A carrier, seen by the rest of the system. Two halves: {@link ProviderRules} is pure and is used wherever content or
 * notifications are read (producer, console, receiver); {@link ProviderClient} talks to the gateway (worker, poller).
 * Nothing outside a provider's package names a carrier.
 */
export interface Provider<RouteConfig = unknown> {
  readonly name: string;
  /** The pure rules under a route's settings. */
  rules(settings: RouteSettings): ProviderRules;
  /** Opens a client. Nothing is sent before the first call. */
  connect(route: RouteConfig, deps: { routeName: string; connections: number }): ProviderClient;
  /** The part of a route's configuration that producers may know: limits of texts, sender numbers; never a secret. */
  publicSettings(route: RouteConfig): RouteSettings;
  /** The longest a single call may take by the route's timeouts. */
  longestCallMs(route: RouteConfig): number;
}

/** Public, JSON-safe settings of a route as published in the ledger. */
export type RouteSettings = Record<string, unknown>;

export interface ProviderRules {
  /** Recipients one request can carry: 1 for KDDI, up to 100 for SENS. */
  readonly recipientsPerRequest: number;
  /** Days the carrier's status can be read: 31 for KDDI (guide §1.2), 30 for SENS. */
  readonly readableDays: number;
  /** Whether a message whose outcome is unknown can be looked up at the carrier. */
  readonly canLookUp: boolean;
  /** Checks content and compiles it for rendering. All faults are reported at once, each with its path. */
  prepareContent(content: unknown): PreparedContent | { issues: ContentIssue[] };
  /** Brings a recipient into the carrier's form (E.164) or says why it can't be messaged. */
  normaliseRecipient(raw: string): RecipientResult;
  /** Reads one notification body. Never throws: what is not understood is `unrecognised`. */
  readNotification(input: NotificationInput): ReadNotification[];
}

export type RecipientResult =
  | { ok: true; recipient: string; warning?: string }
  | { ok: false; code: string; reason: string };

export interface ContentIssue {
  /** e.g. `content.text` */
  path: string;
  level: "error" | "warning";
  code: string;
  message: string;
}

export interface PreparedContent {
  /** The content as stored: parsed, defaults filled in, JSON-safe. */
  readonly content: unknown;
  /** Names used as `#{name}`, each once, in order of first use. */
  readonly variables: readonly string[];
  /** Faults that do not forbid sending. */
  readonly warnings: readonly ContentIssue[];
  /** `values` are the variables' values in the order of `variables`. */
  render(values: readonly string[]): RenderedMessage | { issues: ContentIssue[] };
}

export interface RenderedMessage {
  /** What the provider's `send` takes; opaque to everybody else. */
  readonly payload: unknown;
  /** Billable parts. */
  readonly segments: number;
  /** What the recipient will read, for samples and previews. Never logged. */
  readonly preview: string;
  readonly warnings: readonly ContentIssue[];
}

export interface OutgoingMessage {
  id: string;
  recipient: string;
  payload: unknown;
}

export interface StatusRef {
  messageId: string;
  providerMessageId: string;
  /** The carrier's id of the request the message went out in; lets a carrier answer many messages with one call. */
  providerOrderId?: string | null;
  channel: string | null;
}

/** What a status call says of one message. A check that fails never marks a message. */
export type StatusAnswer =
  | { kind: "status"; state: ReceiptState | "pending"; rawStatus: string; at: Date | null; secondLeg?: SecondLeg }
  /** The carrier does not know the id (any more): 404, 410, out of the window. */
  | { kind: "not-known"; reason: string }
  | { kind: "throttled"; reason: string; retryAfterMs?: number }
  | { kind: "held"; cause: "credentials" | "forbidden" | "configuration"; reason: string }
  | { kind: "failed-check"; reason: string };

/**
 * What the carrier itself sent in the message's place after it had failed (SENS: an SMS). The `state` beside it already counts it in:
 * `pending` while the second leg is open, `delivered` when it arrived.
 */
export interface SecondLeg {
  channel: string;
  providerMessageId: string | null;
  providerOrderId: string | null;
  state: ReceiptState | "pending";
  rawStatus: string;
  /** Why the first leg failed, in the carrier's code, e.g. `3019`. */
  firstStatus: string;
}

/** A message whose fate or whose id is not known, as it was posted. */
export interface LookUpRef {
  messageId: string;
  recipient: string;
  /** What `send` was given. */
  payload: unknown;
  /** When it was posted, by our clock. */
  postedAt: Date;
  /** The carrier's id of its request, where an answer named that and no more. */
  providerOrderId?: string | null;
  /** Carrier ids that other messages to this recipient have already: what bears one of them is not this message. */
  takenIds?: readonly string[];
}

export type LookUpAnswer =
  | { kind: "accepted"; providerMessageId: string; providerOrderId: string | null; channel: string | null }
  | { kind: "rejected"; reason: string }
  /** Proven: the carrier has no such message. It may be sent (again). */
  | { kind: "missing"; reason: string }
  /** Nothing can be said yet. */
  | { kind: "undecided"; reason: string; lookAgainInMs: number }
  | Extract<StatusAnswer, { kind: "throttled" | "held" | "failed-check" }>;

export interface ProviderClient {
  /**
   * One request for `batch` (at most `recipientsPerRequest` messages). Answers one outcome per message, in order.
   * Never throws for anything the gateway or the network does.
   */
  send(batch: readonly OutgoingMessage[]): Promise<AttemptOutcome[]>;
  /** Asks the status of each; answers in order. */
  checkStatus(refs: readonly StatusRef[]): Promise<StatusAnswer[]>;
  /**
   * Looks for messages of which it isn't known whether the carrier has them, or under what id; answers in order and never throws.
   * Only `missing` allows to send again. Makes several calls, one after the other. Present where `rules.canLookUp` is true.
   */
  lookUp?(refs: readonly LookUpRef[]): Promise<LookUpAnswer[]>;
  /** Waits for requests in flight, then closes the sockets. */
  close(): Promise<void>;
}

export interface NotificationInput {
  /** `any` for the shared URL; otherwise the kind the URL is registered for. */
  kindHint: "any" | "webhook" | "sms-result" | "sms-mo";
  contentType: string | null;
  body: string;
}

export type ReadNotification =
  | {
      kind: "receipt";
      providerMessageId: string;
      state: ReceiptState | "pending" | "unrecognised-status";
      rawStatus: string;
      recipient: string | null;
      /** The event's own time; null when missing or unreadable. */
      at: Date | null;
      reason?: string;
    }
  | {
      kind: "inbound";
      event: string;
      providerMessageId: string | null;
      recipient: string | null;
      text: string | null;
      at: Date | null;
    }
  | { kind: "connection-test" }
  | { kind: "unrecognised"; reason: string };
