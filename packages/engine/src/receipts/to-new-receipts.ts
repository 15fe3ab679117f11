import { createHash } from "node:crypto";
import type { InboundNotification, NotificationInput, ProviderRules, ReadNotification } from "@hikyaku/core";
import { type NewReceipt, newId, type UnreadHook } from "@hikyaku/ledger";

/**
 * Reads one notification body into the rows to be stored. A body may report several messages; one that reports nothing
 * we understand is stored all the same, so that nothing a carrier said is lost.
 */
export function toNewReceipts(
  rules: Pick<ProviderRules, "readNotification">,
  input: NotificationInput & { route: string; receivedAt: Date; from?: string | null },
): NewReceipt[] {
  const read = rules.readNotification(input);
  return read.map((notification, index) => ({
    id: newId(input.receivedAt),
    route: input.route,
    receivedAt: input.receivedAt,
    contentType: input.contentType,
    // The raw body stands once, on the first row of a body that reports several messages.
    body: index === 0 ? input.body : "",
    dedupeKey: dedupeKey(notification, { ...input, place: read.length > 1 ? `:${index}` : "" }),
    ...columns(notification, { hook: input.kindHint, from: input.from ?? null }),
  }));
}

function columns(
  notification: ReadNotification,
  post: UnreadHook,
): Pick<NewReceipt, "kind" | "status"> & Partial<NewReceipt> {
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
        channel: notification.channel ?? null,
        eventAt: notification.at,
        reason: notification.reason ?? null,
      };
    }
    case "inbound": {
      const { kind: _, userMessageId, recipient, at, ...read } = notification;
      return {
        kind: `inbound.${notification.event}`,
        status: "unread",
        providerMessageId: userMessageId,
        recipient,
        eventAt: at,
        read,
      };
    }
    case "connection-test":
      return { kind: "connection-test", status: "unread", read: post };
    case "unrecognised":
      return { kind: "unrecognised", status: "unread", reason: notification.reason, read: post };
    default:
      return notification satisfies never;
  }
}

const tenMinutesMs = 600_000;

/** What makes a repeat recognisable (protocol notes §13.7). The route is part of the unique key beside it. */
function dedupeKey(
  notification: ReadNotification,
  input: { body: string; kindHint: string; receivedAt: Date; from?: string | null; place: string },
): string {
  const tenMinutes = Math.floor(input.receivedAt.getTime() / tenMinutesMs);
  switch (notification.kind) {
    case "receipt":
      return `receipt:${notification.providerMessageId}:${notification.rawStatus.toLowerCase()}`;
    case "inbound":
      return inboundKey(notification, { ...input, tenMinutes });
    case "connection-test":
      // Each URL is tested for itself, and who tested it is remembered.
      return `connection-test:${input.kindHint}:${input.from ?? ""}:${tenMinutes}:${digest(input.body)}`;
    case "unrecognised":
      return `unrecognised:${input.kindHint}:${tenMinutes}:${digest(input.body)}${input.place}`;
    default:
      return notification satisfies never;
  }
}

function inboundKey(
  inbound: InboundNotification,
  { body, place, tenMinutes }: { body: string; place: string; tenMinutes: number },
): string {
  const { event, userMessageId, recipient, smsNumber, text, displayText, postbackData, at } = inbound;
  if (userMessageId !== null) {
    // Whose id a tap carries the guide's samples do not settle (§13.3). Were it that of the message with the buttons, two
    // different ones of them would look like one tap; so the button is part of the key.
    const button = event === "response" ? `:${digest(JSON.stringify([displayText, postbackData]))}` : "";
    return `${event}:${userMessageId}${button}`;
  }
  // Without a time of its own the same word of the same person next month must not look like a repeat.
  const when = at?.toISOString() ?? `~${tenMinutes}`;
  if (event === "sms-mo") return `sms-mo:${recipient}:${smsNumber}:${when}:${digest(text ?? "")}`;
  return `${event}:${recipient}:${when}:${digest(body)}${place}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
