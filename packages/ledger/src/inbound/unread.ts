import type { InboundNotification } from "@hikyaku/core";

/** What an end user did, as the notification says it; number and time stand beside it on the receipt. */
export type UnreadInbound = Omit<InboundNotification, "kind" | "recipient" | "at" | "userMessageId">;

/** A post to a notification URL that reports nothing: the carrier's connection test, or a body nobody understands. */
export interface UnreadHook {
  /** The kind of URL: `any`, `webhook`, `sms-result` or `sms-mo`. */
  hook: string;
  /** The address it came from. */
  from: string | null;
}
