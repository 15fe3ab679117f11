import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The headers of an outgoing event, by Standard Webhooks (symmetric signatures, `v1`). */
export interface EventHeaders {
  /** The same for every attempt of an event: what the receiving side recognises repeats by. */
  "webhook-id": string;
  /** Seconds since 1970 of this attempt. */
  "webhook-timestamp": string;
  /** `v1,` and the signature in base64; several with a space between them while a secret is being replaced. */
  "webhook-signature": string;
}

/** `whsec_` and the base64 of 24 to 64 random bytes. */
export const eventSecretPattern = /^whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A new secret for signing events. */
export function newEventSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** Signs the body with every secret, so that the receiving side may hold either while one replaces the other. */
export function signEvent(
  event: { id: string; body: string; at: Date },
  secrets: readonly [string, ...string[]],
): EventHeaders {
  const timestamp = String(Math.floor(event.at.getTime() / 1_000));
  return {
    "webhook-id": event.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => `v1,${signature(secret, event.id, timestamp, event.body)}`).join(" "),
  };
}

export type EventSignatureResult =
  | { ok: true; id: string; at: Date }
  | { ok: false; reason: "missing-header" | "bad-timestamp" | "too-old" | "too-new" | "wrong-signature" };

/** An attempt older or newer than this by the receiving clock is refused: it may be a recording played again. */
const toleranceSeconds = 300;

/**
 * Checks an event on the receiving side: whether one of its `v1` signatures is that of one of the secrets, and its time is
 * within five minutes of `now`. `body` is the raw text as it came, not parsed and written again.
 */
export function verifyEvent(
  event: { headers: Readonly<Record<string, string | readonly string[] | undefined>>; body: string; now: Date },
  secrets: readonly [string, ...string[]],
): EventSignatureResult {
  const header = (name: string) => {
    const value = event.headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
  const id = header("webhook-id");
  const timestamp = header("webhook-timestamp");
  const signatures = header("webhook-signature");
  if (!id || !timestamp || !signatures) return { ok: false, reason: "missing-header" };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: "bad-timestamp" };
  const ageSeconds = event.now.getTime() / 1_000 - Number(timestamp);
  if (ageSeconds > toleranceSeconds) return { ok: false, reason: "too-old" };
  if (ageSeconds < -toleranceSeconds) return { ok: false, reason: "too-new" };
  const given = signatures.split(" ").flatMap((each) => (each.startsWith("v1,") ? [Buffer.from(each.slice(3))] : []));
  const isRight = secrets.some((secret) => {
    const expected = Buffer.from(signature(secret, id, timestamp, event.body));
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
  return isRight ? { ok: true, id, at: new Date(Number(timestamp) * 1_000) } : { ok: false, reason: "wrong-signature" };
}

function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
}
