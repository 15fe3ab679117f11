import type { Refusal } from "./refusal.ts";

/** What the gateway does with a request: an answer, a refusal, or a socket that is cut without a word. */
export type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown }
  | { readonly kind: "refusal"; readonly refusal: Refusal }
  | { readonly kind: "cut" };

export function ok(body: unknown, status = 200): Answer {
  return { kind: "answer", status, body };
}

export function refused(refusal: Refusal): Answer {
  return { kind: "refusal", refusal };
}
