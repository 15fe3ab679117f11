import type { InboundAttachment, InboundEvent } from "@hikyaku/core";

/** How the message that an end user answers was found. */
export const linkWays = ["reference", "carrier-id", "number", "time"] as const;
export type LinkWay = (typeof linkWays)[number];

/** What a configured word in a reply asks for. */
export type WordKind = "opt-out" | "opt-in";

/** Something an end user did. */
export interface InboundRow {
  /** That of the notification it was read from; in the order of arrival. */
  id: string;
  receivedAt: Date;
  /** The event's own time, else that of its arrival. */
  at: Date;
  /** What it answers; null where that is not known. */
  messageId: string | null;
  campaignId: string | null;
  route: string;
  event: InboundEvent;
  recipient: string | null;
  /** What the user wrote; for a tap the button's label. */
  text: string | null;
  displayText: string | null;
  postbackData: string | null;
  /** Which of the content's buttons was tapped, where its data says so. */
  button: string | null;
  /** The number the user wrote to, as it came. */
  smsNumber: string | null;
  userMessageId: string | null;
  attachment: InboundAttachment | null;
  deviceSpecifics: Readonly<Record<string, string | number>> | null;
  /** `reference`: the button's data names it. `carrier-id`: its id is one of ours. `number`: the latest one sent from the number written to. `time`: the latest one. */
  linkedBy: LinkWay | null;
  /** The configured word it held, and what that asks for. */
  word: string | null;
  wordKind: WordKind | null;
}
