/** Carriers by the digit of `dst` (guide §2.5). */
export const carriers = ["au", "docomo", "softbank", "rakuten"] as const;
export type Carrier = (typeof carriers)[number];

/** States of an SMS on the wire; `pending` is where every accepted message begins. */
export type SmsState = "pending" | "sent" | "delivered" | "failed";

/** Steps after `pending`; each waits for a setting of `timing`, or nothing. */
export interface CourseStep {
  readonly state: Exclude<SmsState, "pending">;
  readonly after: "sentAfterMs" | "deliveredAfterMs" | "phoneOffMs" | "nothing";
}

const sent: CourseStep = { state: "sent", after: "sentAfterMs" };
const delivered: CourseStep = { state: "delivered", after: "deliveredAfterMs" };
const failedAtOnce: CourseStep = { state: "failed", after: "nothing" };

export const courses = {
  delivered: [sent, delivered],
  failed: [sent, failedAtOnce],
  failedThenDelivered: [sent, failedAtOnce, delivered],
  offThenDelivered: [sent, { state: "delivered", after: "phoneOffMs" }],
  offForEver: [sent, { state: "failed", after: "phoneOffMs" }],
  stuckAfterSent: [sent],
} as const satisfies Record<string, readonly CourseStep[]>;
export type CourseName = keyof typeof courses;

/** How results are pushed, where it is not once each and in order. */
export type NotifyManner = "twice" | "never" | "late" | "reversed";

/** What the POST comes to, where it is not 202 in good time. */
export type AnswerManner =
  | { readonly kind: "refuse"; readonly status: number; readonly firstTries?: number }
  | { readonly kind: "accept"; readonly as: "slow" | "closed" | "not-json" | "without-id" | "notified-first" }
  | { readonly kind: "accept"; readonly as: "status"; readonly status: number };

export interface Behaviour {
  readonly does: string;
  readonly carrier?: Carrier;
  readonly answer?: AnswerManner;
  readonly course?: CourseName;
  readonly notify?: NotifyManner;
  /** The user answers by SMS after delivery. */
  readonly replies?: string;
}

function refuse(status: number, does: string): Behaviour {
  return { does, answer: { kind: "refuse", status } };
}

/**
 * What a number ending in these two digits does (protocol notes §19.3 for 03 to 24 and 40 to 64; 30 to 33 are ours).
 * Digits not listed, and those that only concern +Message, behave like 00.
 */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "00": { does: "sent, then delivered" },
  "03": { does: "phone off for 72 h, then delivered", course: "offThenDelivered" },
  "04": { does: "phone off for ever: failed after 72 h", course: "offForEver" },
  "05": { does: "failed at once after sent", course: "failed" },
  "08": { does: "every notification arrives twice", notify: "twice" },
  "09": { does: "failed, later delivered", course: "failedThenDelivered" },
  "12": { does: "delivered; two seconds later the user replies 停止 by SMS-MO", replies: "停止" },
  "20": { does: "an au number", carrier: "au" },
  "21": { does: "a docomo number", carrier: "docomo" },
  "22": { does: "a SoftBank number", carrier: "softbank" },
  "23": { does: "a Rakuten number", carrier: "rakuten" },
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
