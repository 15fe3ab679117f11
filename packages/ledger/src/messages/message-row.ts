import type { MessageClass, MessageState, RecordedOverride, SecondLegPlan } from "@hikyaku/core";

/** A row of `message`: one leg to one recipient of one campaign and round, or of a single message. */
export interface MessageRow {
  id: string;
  /** Null for a single message. */
  campaignId: string | null;
  /** The token of its newest claim. */
  claim: string | null;
  queuedAt: Date;
  /** When its newest attempt was claimed. */
  sendingAt: Date | null;
  acceptedAt: Date | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  displayedAt: Date | null;
  /** When it got its final state. */
  endedAt: Date | null;
  /** While a retry waits: when it is tried again. */
  dueAt: Date | null;
  /** While a status check is owed: when. */
  nextCheckAt: Date | null;
  /** While its outcome is unknown: since when. */
  unknownAt: Date | null;
  /** Only for a single message; a campaign's validity stands on the campaign. */
  validUntil: Date | null;
  /** Line in the imported source. */
  line: number | null;
  state: MessageState;
  round: number;
  segments: number;
  attempts: number;
  checks: number;
  route: string;
  recipient: string;
  /** The channel the carrier says it used. */
  channel: string | null;
  /** How it was sent, in the provider's own word. */
  sendMode: string | null;
  providerMessageId: string | null;
  providerOrderId: string | null;
  /** Why it is in its state, where that needs saying. */
  reason: string | null;
  idempotencyKey: string | null;
  requestHash: Buffer | null;
  /** Values of the campaign's variables, in their order. */
  vars: string[] | null;
  /** When its recipient agreed to advertising, and how, as far as that is recorded. */
  consentAt: Date | null;
  consentSource: string | null;
  /** Only for a single message; a campaign's class stands on the campaign. Null also for one from before there were classes. */
  class: MessageClass | null;
  /** Only for a single message: rules that were set aside for it. */
  overrides: RecordedOverride[] | null;
  /** Only for a single message; a campaign's content stands on the campaign. */
  content: unknown;
  /** 1, or 2 for what follows a first leg that did not arrive. */
  leg: number;
  /** Of a second leg: the message it follows. */
  firstLeg: string | null;
  /** Of a first leg that may be followed: how long after its acceptance. */
  fallbackAfterMs: number | null;
  /** … and when it is decided whether it is: long ago when that is at once, null when there is nothing to decide, or no more. */
  fallbackAt: Date | null;
  /** Only for a single message; a campaign's stands on the campaign. */
  fallback: SecondLegPlan | null;
}
