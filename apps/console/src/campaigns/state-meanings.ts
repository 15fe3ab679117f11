import type { MessageState } from "@hikyaku/core";

/** What each state of a message means to a person; on the pages and in the API's description. */
export const stateMeanings: Record<MessageState, string> = {
  queued: "Waits to be sent.",
  sending: "At the gateway at this moment.",
  accepted: "Taken by the carrier; its receipt is awaited.",
  sent: "On its way to the handset, as the carrier says.",
  delivered: "Arrived on the handset.",
  displayed: "Seen by its reader.",
  failed: "Not delivered, as the carrier says.",
  rejected: "Refused by the gateway; it never left.",
  expired: "Not sent, or without a receipt, when its time was over.",
  revoked: "Taken back at the carrier.",
  cancelled: "Never sent: its campaign was cancelled, or the first leg arrived.",
  suppressed: "Never sent: the recipient must not be messaged.",
  unknown:
    "The connection broke before the gateway's answer, so nobody knows whether it went out. Not sent again by itself.",
};
