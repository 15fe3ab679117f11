import { createHash } from "node:crypto";
import type { NotificationInput, ProviderRules, ReadNotification } from "@hikyaku/core";
import { type NewReceipt, newId } from "@hikyaku/ledger";

/**
 * Reads one notification body into the rows to be stored. A body may report several messages; one that reports nothing
 * we understand is stored all the same, so that nothing a carrier said is lost.
 */
export function toNewReceipts(
  rules: Pick<ProviderRules, "readNotification">,
  input: NotificationInput & { route: string; receivedAt: Date },
): NewReceipt[] {
  const read = rules.readNotification(input);
  return read.map((notification, index) => ({
    id: newId(input.receivedAt),
    route: input.route,
    receivedAt: input.receivedAt,
    contentType: input.contentType,
    // The raw body stands once, on the first row of a body that reports several messages.
    body: index === 0 ? input.body : "",
    dedupeKey: dedupeKey(notification, input),
    ...columns(notification),
  }));
}

function columns(notification: ReadNotification): Pick<NewReceipt, "kind" | "status"> & Partial<NewReceipt> {
  switch (notification.kind) {
    case "receipt": {
      const applies = notification.state !== "pending" && notification.state !== "unrecognised-status";
      return {
        kind: "receipt",
        status: applies ? "pending" : "stored",
        providerMessageId: notification.providerMessageId,
        reportedState: notification.state,
        rawStatus: notification.rawStatus,
        recipient: notification.recipient,
        eventAt: notification.at,
        reason: notification.reason ?? null,
      };
    }
    case "inbound":
      return {
        kind: `inbound.${notification.event}`,
        status: "stored",
        providerMessageId: notification.userMessageId,
        recipient: notification.recipient,
        eventAt: notification.at,
      };
    case "connection-test":
      return { kind: "connection-test", status: "stored" };
    case "unrecognised":
      return { kind: "unrecognised", status: "stored", reason: notification.reason };
    default:
      return notification satisfies never;
  }
}

const tenMinutesMs = 600_000;

/** What makes a repeat recognisable (protocol notes §13.7). The route is part of the unique key beside it. */
function dedupeKey(notification: ReadNotification, input: { body: string; receivedAt: Date }): string {
  const digest = () => createHash("sha256").update(input.body).digest("base64url");
  switch (notification.kind) {
    case "receipt":
      return `receipt:${notification.providerMessageId}:${notification.rawStatus.toLowerCase()}`;
    case "inbound":
      return notification.userMessageId
        ? `${notification.event}:${notification.userMessageId}`
        : `${notification.event}:${notification.recipient}:${notification.at?.toISOString()}:${digest()}`;
    case "connection-test":
    case "unrecognised":
      return `${notification.kind}:${Math.floor(input.receivedAt.getTime() / tenMinutesMs)}:${digest()}`;
    default:
      return notification satisfies never;
  }
}
