import type { VisibleTexts } from "../law/advertising-check.ts";
import type { AttemptOutcome } from "../outcome/attempt-outcome.ts";
import type { ReceiptState } from "../state/message-state.ts";
import type { ReservationCalls } from "./reservations.ts";
import type { AccountAnswer, TemplateRules } from "./templates.ts";

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
  /** The name under which the carrier counts a route's messages: KDDI's botId, SENS's serviceId. No secret. */
  account?(route: RouteConfig): string;
  /** The longest a single call may take by the route's timeouts. */
  longestCallMs(route: RouteConfig): number;
  /** For whoever sets up a route of this carrier, and for `doctor`. */
  readonly setUp: CarrierSetUp;
  /** {@link ProviderRules.templates}, which are the same on every route: so that a template can be checked before there is one. */
  readonly templates?: TemplateRules;
}

/** What an operator must know of a carrier while setting a route up. */
export interface CarrierSetUp {
  /** Whether it posts notifications; where it does not, results are only ever asked for. */
  readonly postsNotifications: boolean;
  /** Whether it admits registered source addresses only. */
  readonly admitsByAddress: boolean;
  /** What to do when it refuses a route's calls, a sentence or two for each cause. */
  readonly mends: Readonly<Record<RefusalCause, string>>;
}

/** Why a carrier refuses all calls of a route. */
export type RefusalCause = "credentials" | "forbidden" | "configuration";

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
  /**
   * The message that a button's data was sent with ({@link InboundNotification.postbackData}); null when the data holds no
   * reference. It is the only sure link from a tap to a message; whoever uses it compares the recipient as well.
   */
  readReference?(data: string): MessageReference | null;
  /**
   * Whether `content` is sent from `number`, one that a user wrote to, as it came; null when that number is none of the route's,
   * so that nothing follows from it.
   */
  isSentFrom?(content: unknown, number: string): boolean | null;
  /** A rendered message as its reader's phone shows it: one HTML page, self-contained, without scripts, everything escaped. */
  previewPage?(rendered: RenderedMessage): string;
  /** The words of a reservation's state. Present where the carrier takes reservations. */
  readonly reservationStates?: readonly string[];
  /** Present where the carrier sends only by templates that it has approved. */
  readonly templates?: TemplateRules;
}

export interface MessageReference {
  messageId: string;
  /** Which of the content's buttons was tapped, e.g. `card2-button1` or `chip3`; null when the author placed the reference. */
  button: string | null;
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
  /**
   * The texts a recipient may read, with their `#{name}` places: one list for each way in which the message may arrive, as each must do
   * by itself, the one of {@link fallback} among them. The addresses that buttons lead to are texts too. Left out by a carrier whose content can't say it; the previews of
   * finished messages are looked at then.
   */
  readonly visibleTexts?: VisibleTexts;
  /** Faults that do not forbid sending. */
  readonly warnings: readonly ContentIssue[];
  /** `values` are the variables' values in the order of `variables`. */
  render(values: readonly string[]): RenderedMessage | { issues: ContentIssue[] };
  /**
   * The part that can be sent alone when the first one does not arrive, as a content of its own: the SMS of a +Message content.
   * Its `variables` are its parent's, so `render` takes the same values. Null or absent when there is none.
   */
  readonly fallback?: PreparedContent | null;
  /** Whether the carrier itself sends something else when it does not arrive (SENS failover): then nothing of ours may follow as well. */
  readonly isFollowedByCarrier?: boolean;
  /**
   * The channel that every message of this content takes, in the words of {@link Accepted.channel}. Null or absent when it is the carrier
   * that chooses, recipient by recipient: then nothing is known until it says.
   */
  readonly channel?: string | null;
  /**
   * Messages of two contents may share a request when this is the same for both, such as one template. Without it a request is of one
   * campaign, or of one single message.
   */
  readonly requestKey?: string;
  /** When the carrier carries it out, where it was asked to wait: a reservation. Null or absent: at once. */
  readonly reservedAt?: Date | null;
  /** Until when the carrier lets go of such a reservation. Present where `reservedAt` is. */
  readonly cancellableUntil?: Date | null;
  /** Why the carrier would not take the reservation when it is handed over at `at`, or null. Present where `reservedAt` is. */
  reserveFault?(at: Date): ContentIssue | null;
}

export interface RenderedMessage {
  /** What the provider's `send` takes; opaque to everybody else. */
  readonly payload: unknown;
  /** Billable parts. */
  readonly segments: number;
  /** What the recipient will read, for samples and previews. Never logged. */
  readonly preview: string;
  /** The texts a recipient may read, finished. Without it the preview is taken for the only one. */
  readonly visibleTexts?: VisibleTexts;
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
  /** {@link Accepted.sendMode} of the answer that accepted it; null or absent when that is not known. */
  sendMode?: string | null;
}

/** What a status call says of one message. A check that fails never marks a message. */
export type StatusAnswer =
  | {
      kind: "status";
      state: ReceiptState | "pending";
      rawStatus: string;
      at: Date | null;
      /** The channel the answer names, where it does. */
      channel?: string | null;
      /** Of a state without delivery: why, for people to read. */
      reason?: string;
      secondLeg?: SecondLeg;
    }
  /** The carrier does not know the id (any more): 404, 410, out of the window. */
  | { kind: "not-known"; reason: string }
  | { kind: "throttled"; reason: string; retryAfterMs?: number }
  | { kind: "held"; cause: RefusalCause; reason: string }
  /** `isAboutAnother`: it names another message than was asked about, which a person should know of (protocol notes §9). */
  | { kind: "failed-check"; reason: string; isAboutAnother?: true };

/**
 * What the carrier itself sent in the message's place after it had failed (SENS: an SMS). The `state` beside it already counts it in:
 * `pending` while the second leg is open, `delivered` when it arrived.
 */
export interface SecondLeg {
  channel: string;
  providerMessageId: string | null;
  providerOrderId: string | null;
  /** `rejected`: it was asked for and not taken, so nothing went out. */
  state: ReceiptState | "pending" | "rejected";
  rawStatus: string;
  /** Of a state without delivery: why, for people to read. */
  reason?: string;
  /** Why the first leg failed, in the carrier's code, e.g. `3019`. */
  firstStatus: string;
  /** The same for people to read. */
  firstReason: string;
  /** When the first leg failed; null where the carrier does not say. */
  firstFailedAt: Date | null;
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
  /** The carrier had it, to be sent later, and somebody has cancelled that: it never went out and never will. */
  | { kind: "revoked"; reason: string }
  /** Proven: the carrier has no such message. It may be sent (again). */
  | { kind: "missing"; reason: string }
  /** Nothing can be said yet. */
  | { kind: "undecided"; reason: string; lookAgainInMs: number }
  | Extract<StatusAnswer, { kind: "throttled" | "held" | "failed-check" }>;

/** How a question that takes more than one call is paced. */
export interface FurtherCalls {
  /**
   * Awaited before each call after the first: resolves when the route's limits have room for one more. False: there is none, and what was
   * not asked yet is answered as `failed-check`. Without it the calls just follow one another.
   */
  anotherCall?: () => Promise<boolean>;
}

export interface ProviderClient {
  /**
   * One request for `batch` (at most `recipientsPerRequest` messages). Answers one outcome per message, in order.
   * Never throws for anything the gateway or the network does.
   */
  send(batch: readonly OutgoingMessage[]): Promise<AttemptOutcome[]>;
  /**
   * Asks the status of each; answers in order. Where `recipientsPerRequest` is more than 1, those of one request are asked about with one
   * call, and one call more for each that it does not tell enough of; without the request's id each is asked about by itself.
   */
  checkStatus(refs: readonly StatusRef[], options?: FurtherCalls): Promise<StatusAnswer[]>;
  /**
   * Looks for messages of which it isn't known whether the carrier has them, or under what id; answers in order and never throws.
   * Only `missing` allows to send again. Makes several calls, one after the other. Present where `rules.canLookUp` is true.
   */
  lookUp?(refs: readonly LookUpRef[], options?: FurtherCalls): Promise<LookUpAnswer[]>;
  /**
   * Asks for each recipient (E.164) whether the richer channel reaches it, one call each; answers in order and never throws. The
   * caller paces it like sends and asks about no more at once than it has connections. Absent where the carrier offers no such check.
   */
  checkCapability?(recipients: readonly string[], options?: CapabilityOptions): Promise<CapabilityAnswer[]>;
  /**
   * One page of the users who registered with the account. The first call names no cursor, each further one the `next` of the page
   * before it; a page whose `next` is null is the last. One call a page, paced by the caller; never throws.
   */
  listSubscribers?(cursor?: string): Promise<SubscribersAnswer>;
  /** All channels and templates of the account, some calls one after the other; never throws. Present where `rules.templates` is. */
  readAccount?(turns?: FurtherCalls): Promise<AccountAnswer>;
  /** How the carrier stands to the sender that the route names, such as a channel; one call, never throws. Absent where there is nothing to ask. */
  checkSender?(): Promise<SenderAnswer>;
  /** Present where {@link ProviderRules.reservationStates} is. */
  readonly reservations?: ReservationCalls;
  /** Waits for requests in flight, then closes the sockets. */
  close(): Promise<void>;
}

export interface CapabilityOptions {
  /**
   * True when a number of this route has answered `capable` before. Until one has, a carrier's "not found" may as well mean that the
   * path of the check is wrong, and is answered as `not-available`.
   */
  provenBefore?: boolean;
}

/** Why a question to the carrier has no answer; asking again changes nothing at the carrier. */
export type NoAnswer =
  /**
   * The route can't ask this, or the carrier does not offer it at the configured path. `forRoute`: it is so whatever is asked about; else
   * only this question has no answer.
   */
  | { kind: "not-available"; reason: string; forRoute?: true }
  | { kind: "throttled"; reason: string; retryAfterMs?: number }
  | { kind: "held"; cause: RefusalCause; reason: string }
  | { kind: "failed-check"; reason: string };

export type SenderAnswer =
  /** `mend`: what to do about it, as a sentence; null when messages can go out. */
  { kind: "sender"; says: string; mend: string | null } | NoAnswer;

/** Not a promise of delivery: a user who removed the app without signing off is `capable` (guide §1.5). */
export type CapabilityAnswer =
  | { kind: "capable"; capabilities: readonly string[] }
  | { kind: "not-capable"; reason: string }
  | NoAnswer;

export type SubscribersAnswer =
  | {
      kind: "page";
      /** In the carrier's form (E.164), in the carrier's order; a number may come twice. */
      recipients: readonly string[];
      /** Entries that hold no phone number that can be read. */
      unreadable: number;
      /** What to ask the next page with; null on the last one. */
      next: string | null;
    }
  | NoAnswer;

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
      /** The channel the notification names, where it does. */
      channel?: string | null;
    }
  | InboundNotification
  | { kind: "connection-test" }
  | { kind: "unrecognised"; reason: string };

/** What an end user did: `message` wrote or sent something, `response` tapped a button, `new-user` registered, `sms-mo` replied by SMS. */
export type InboundEvent = "message" | "response" | "new-user" | "sms-mo";

export interface InboundNotification {
  kind: "inbound";
  event: InboundEvent;
  /** The carrier's id of the user's own message, for telling repeats; not of the message that was answered. */
  userMessageId: string | null;
  /** The carrier's id of the message of ours that was answered; absent or null where the carrier does not name it. */
  answersTo?: string | null;
  /** The user's number in E.164; as it came when it is not a Japanese mobile number. */
  recipient: string | null;
  /** What the user wrote; for a tap the button's label. */
  text: string | null;
  /** The label of the button that was tapped. */
  displayText: string | null;
  /** The data of the button that was tapped, see {@link ProviderRules.readReference}. */
  postbackData: string | null;
  /** The number the user wrote to, as it came: one of the route's sender numbers. Only for `sms-mo`. */
  smsNumber: string | null;
  attachment: InboundAttachment | null;
  /** What the user's device told of itself after a button that asks for it. Only known fields, only plain values. */
  deviceSpecifics: Readonly<Record<string, string | number>> | null;
  /** The event's own time; null when missing or unreadable. */
  at: Date | null;
}

export type InboundAttachment =
  | {
      kind: "file" | "audio";
      /** Where the file lies, at the carrier or anywhere else: fetch it with limits, and from no address of the own network. */
      url: string;
      mime: string | null;
      name: string | null;
      /** Bytes, as announced. */
      size: number | null;
      /** Playing time of an audio message, in seconds. */
      seconds: number | null;
      thumbnailUrl: string | null;
    }
  | {
      kind: "location";
      /** Degrees, WGS 84; null where `position` can't be read. */
      latitude: number | null;
      longitude: number | null;
      /** As it came, e.g. `35.69 139.70`. */
      position: string;
      label: string | null;
      /** Metres. */
      radius: number | null;
    };
