import type { CampaignState, MessageClass, MessageState, RecordedOverride, SecondLegPlan } from "@hikyaku/core";

/** `from` and `to` as `HH:mm` in `timeZone`; sending is allowed between them. */
export interface DeliveryWindow {
  from: string;
  to: string;
  timeZone: string;
}

/** What is done with a message whose outcome stays unknown after the reconciliation time. */
export type OnUnknown = "hold" | "resend";

/** A row of `campaign`. */
export interface CampaignRow {
  id: string;
  /** The caller's own name for it; unique over all campaigns. */
  key: string;
  name: string;
  route: string;
  state: CampaignState;
  content: unknown;
  /** Names of the template variables, in the order of each message's `vars`. */
  variables: string[];
  /** Hash over route, content and options. */
  requestHash: Buffer;
  /** 1 to 10: a campaign of 10 gets ten messages where one of 1 gets one. */
  priority: number;
  deliveryWindow: DeliveryWindow | null;
  /** Null for a campaign from before there were classes. */
  class: MessageClass | null;
  /** Rules that were set aside for it. */
  overrides: RecordedOverride[];
  startAt: Date | null;
  validUntil: Date | null;
  onUnknown: OnUnknown;
  /** What second legs wait for; null when there are none. */
  fallback: SecondLegPlan | null;
  /** The route of second legs, when it is another one. */
  fallbackRoute: string | null;
  /** 1 for the first sending, one more for each retry of what failed. */
  round: number;
  /** The last message id handed to the queue. */
  feedCursor: string | null;
  fedAt: Date | null;
  /** How far the sweep of a cancelled or expired campaign has come. */
  sweepCursor: string | null;
  /** Rows of the source taken so far, good and bad. */
  importedRows: number;
  importDigest: Buffer | null;
  rejectedRows: number;
  duplicateRows: number;
  pauseReason: string | null;
  /** Rejected, failed and unknown messages when it was last resumed: the self-pause counts from here. */
  triedBefore: number;
  createdAt: Date;
  importedAt: Date | null;
  startedAt: Date | null;
  pausedAt: Date | null;
  cancelledAt: Date | null;
  dispatchedAt: Date | null;
  finishedAt: Date | null;
}

/** Messages of one leg by state, and sums over them. */
export type CampaignCounts = Record<MessageState, number> & {
  total: number;
  /** Messages the carrier accepted, whatever became of them. */
  everAccepted: number;
  /** Their billable parts. */
  segmentsAccepted: number;
};
