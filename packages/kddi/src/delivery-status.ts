import type { ReceiptState } from "@hikyaku/core";

/** A status as this system knows it; `pending` says nothing new. */
export type KnownStatus = ReceiptState | "pending";

/**
 * The carrier's words, lower case (protocol notes §8.1). GSMA's own come first; of SMS only `pending` and "delivered" are proved
 * (guide §2.3), so the rest are words that comparable gateways use. `canceled` is the request to revoke, not its success: the message is
 * still on its way.
 */
export const statusWords: Readonly<Record<string, KnownStatus>> = {
  pending: "pending",
  sent: "sent",
  delivered: "delivered",
  displayed: "displayed",
  canceled: "pending",
  cancelled: "pending",
  revoked: "revoked",
  failed: "failed",

  accepted: "pending",
  queued: "pending",

  submitted: "sent",
  sending: "sent",
  processing: "sent",

  success: "delivered",
  succeeded: "delivered",
  received: "delivered",
  done: "delivered",
  ok: "delivered",
  配信済: "delivered",
  着信: "delivered",

  failure: "failed",
  error: "failed",
  undelivered: "failed",
  undeliverable: "failed",
  rejected: "failed",
  expired: "failed",
  unconnected: "failed",
  圏外: "failed",
};

export type StatusReader = (word: string) => KnownStatus | undefined;

/** Looks words up in any case and width, the route's own (`smsStatusMap`) before the table. Undefined: nobody knows the word. */
export function createStatusReader(extra: Readonly<Record<string, KnownStatus>>): StatusReader {
  const words = new Map<string, KnownStatus>();
  for (const table of [statusWords, extra]) {
    for (const [word, state] of Object.entries(table)) words.set(plain(word), state);
  }
  return (word) => words.get(plain(word));
}

function plain(word: string): string {
  return word.normalize("NFKC").trim().toLowerCase();
}
