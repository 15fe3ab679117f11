import { type AttemptOutcome, nextCommonOpening } from "@hikyaku/core";
import type { ReadyMessage } from "./ready-message.ts";

/** Claimed, yet its turn did not come: the route was held, Redis is away, or this process closes. It goes back unharmed. */
export const notPosted: AttemptOutcome = {
  kind: "held",
  cause: "operator",
  reason: "given back before it was posted",
};

/** The same, because its delivery window shut at the last moment. */
export const windowShut: AttemptOutcome = { kind: "held", cause: "operator", reason: "its delivery window has shut" };

/** A single message whose windows never open together is looked at so often, in case the settings are mended. */
const neverOpensRetryMs = 3_600_000;

/**
 * When a message whose window has shut is due again. A campaign's messages are fed again when its window opens; a single
 * one has nobody who looks after it.
 */
export function waitForWindow({ message, windows }: ReadyMessage, now: Date): { dueInMs?: number } {
  if (message.campaignId !== null) return {};
  const opening = nextCommonOpening(windows, now);
  return { dueInMs: opening === null ? neverOpensRetryMs : opening.getTime() - now.getTime() };
}
