/** Carriers by the digit of `dst` (guide §2.5). */
export const carriers = ["au", "docomo", "softbank", "rakuten"] as const;
export type Carrier = (typeof carriers)[number];

/** The way a message really went (guide §2.5): decided inside the call, never changed afterwards. */
export type Channel = "sms" | "rcs";

/**
 * The +Message app on a handset. `uninstalled` and `handset-changed` still pass the capability check, and get neither
 * +Message nor SMS through the fallback (guide §1.5).
 */
export const appStates = ["installed", "none", "uninstalled", "handset-changed"] as const;
export type AppState = (typeof appStates)[number];

/** States on the wire (protocol notes §8.1); `pending` is where every accepted message begins. */
export type MessageState = "pending" | "sent" | "delivered" | "displayed" | "failed" | "revoked";

/** Steps after `pending`; each waits for a setting of `timing`, or nothing. */
export interface CourseStep {
  readonly state: Exclude<MessageState, "pending" | "revoked">;
  readonly after: "sentAfterMs" | "deliveredAfterMs" | "displayedAfterMs" | "phoneOffMs" | "nothing";
}

const sent: CourseStep = { state: "sent", after: "sentAfterMs" };
const delivered: CourseStep = { state: "delivered", after: "deliveredAfterMs" };
const failedAtOnce: CourseStep = { state: "failed", after: "nothing" };

export const courses = {
  delivered: [sent, delivered],
  displayedOnly: [sent, { state: "displayed", after: "displayedAfterMs" }],
  failed: [sent, failedAtOnce],
  failedBeforeSent: [{ state: "failed", after: "sentAfterMs" }],
  failedThenDelivered: [sent, failedAtOnce, delivered],
  offThenDelivered: [sent, { state: "delivered", after: "phoneOffMs" }],
  offForEver: [sent, { state: "failed", after: "phoneOffMs" }],
  stuckAfterSent: [sent],
} as const satisfies Record<string, readonly CourseStep[]>;
export type CourseName = keyof typeof courses;

/** How states are pushed, where it is not once each and in order. */
export type NotifyManner = "twice" | "never" | "late" | "reversed" | "displayed-first";

/** What the POST comes to, where it is not 202 in good time. */
export type AnswerManner =
  | { readonly kind: "refuse"; readonly status: number; readonly firstTries?: number }
  | { readonly kind: "accept"; readonly as: "slow" | "closed" | "not-json" | "without-id" | "notified-first" }
  | { readonly kind: "accept"; readonly as: "status"; readonly status: number };

/** What the user does once a message has arrived; by +Message or by SMS, as the message came. */
export type UserReaction = { readonly kind: "writes"; readonly text: string } | { readonly kind: "taps-first" };

export interface Behaviour {
  readonly does: string;
  readonly carrier?: Carrier;
  /** Absent: `installed` for a number of the table, drawn from the number for all others. */
  readonly app?: AppState;
  readonly answer?: AnswerManner;
  readonly course?: CourseName;
  /** Instead of `course` where the message goes by +Message. */
  readonly rcsCourse?: CourseName;
  readonly notify?: NotifyManner;
  /** Reads every +Message. Numbers of the table without it read none, so that their course is certain. */
  readonly reads?: true;
  readonly reacts?: UserReaction;
  /** Registers with the official account before the first +Message is sent. */
  readonly registersFirst?: true;
  /** A message revoked at its `expiry` arrives all the same. */
  readonly arrivesAfterRevoke?: true;
}

function refuse(status: number, does: string): Behaviour {
  return { does, answer: { kind: "refuse", status } };
}

/**
 * What a number ending in these two digits does (protocol notes §19.3; 30 to 33 are ours). Where nothing is said of the
 * app it is installed, so that mode 0 goes by +Message. Digits not listed behave like any other number.
 */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "00": { does: "sent, then delivered; a +Message is also displayed", reads: true },
  "01": { does: "no app: mode 0 goes by SMS, mode 1 is accepted and fails", app: "none" },
  "02": { does: "app uninstalled: a +Message stays sent for ever; mode 2 is delivered", app: "uninstalled" },
  "03": { does: "phone off for 72 h, then delivered", course: "offThenDelivered" },
  "04": { does: "phone off for ever: failed after 72 h", course: "offForEver" },
  "05": { does: "failed at once after sent", course: "failed" },
  "06": { does: "a +Message is displayed without ever being delivered", rcsCourse: "displayedOnly" },
  "07": { does: "of a +Message displayed is told before delivered", notify: "displayed-first", reads: true },
  "08": { does: "every notification arrives twice", notify: "twice" },
  "09": { does: "failed, later delivered", course: "failedThenDelivered" },
  "10": { does: "a +Message is revoked at its expiry; without one it stays sent", rcsCourse: "stuckAfterSent" },
  "11": {
    does: "a +Message is revoked at its expiry, then delivered after all",
    rcsCourse: "stuckAfterSent",
    arrivesAfterRevoke: true,
  },
  "12": {
    does: "no app; delivered, and two seconds later the user replies 停止 by SMS-MO",
    app: "none",
    reacts: { kind: "writes", text: "停止" },
  },
  "13": { does: "delivered; two seconds later the user taps the first suggestion", reacts: { kind: "taps-first" } },
  "14": {
    does: "delivered; two seconds later the user writes ありがとうございます",
    reacts: { kind: "writes", text: "ありがとうございます" },
  },
  "15": { does: "registers with the official account before the first +Message is sent", registersFirst: true },
  "20": { does: "an au number without the app", carrier: "au", app: "none" },
  "21": { does: "a docomo number without the app", carrier: "docomo", app: "none" },
  "22": { does: "a SoftBank number without the app", carrier: "softbank", app: "none" },
  "23": { does: "a Rakuten number", carrier: "rakuten", app: "none" },
  "24": { does: "the sent notification arrives before the 202", answer: { kind: "accept", as: "notified-first" } },
  "30": { does: "delivered, but no notification is ever sent", notify: "never" },
  "31": { does: "stays sent for ever", course: "stuckAfterSent" },
  "32": { does: "notifications come only after a long delay", notify: "late" },
  "33": { does: "notifications out of order and twice: delivered, sent, delivered, sent", notify: "reversed" },
  "40": refuse(400, "answered 400"),
  "41": refuse(401, "answered 401"),
  "43": refuse(403, "answered 403"),
  "44": refuse(404, "answered 404"),
  "50": refuse(500, "answered 500, not accepted"),
  "51": { does: "answered 500, but accepted and delivered", answer: { kind: "accept", as: "status", status: 500 } },
  "52": refuse(502, "answered 502, not accepted"),
  "53": {
    does: "answered 503 for the first two tries, then accepted",
    answer: { kind: "refuse", status: 503, firstTries: 2 },
  },
  "54": refuse(504, "answered 504, not accepted"),
  "60": { does: "accepted, answered after 60 s", answer: { kind: "accept", as: "slow" } },
  "61": { does: "accepted, then the socket is closed without an answer", answer: { kind: "accept", as: "closed" } },
  "62": { does: "accepted, 202 with a body that is not JSON", answer: { kind: "accept", as: "not-json" } },
  "63": { does: "accepted, 202 without msgId", answer: { kind: "accept", as: "without-id" } },
  "64": { does: "accepted, 200 instead of 202", answer: { kind: "accept", as: "status", status: 200 } },
};

export const ordinary: Behaviour = { does: "sent, then delivered" };
