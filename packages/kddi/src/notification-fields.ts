import * as z from "zod";

/**
 * Names under which the carrier's notifications carry their parts (protocol notes §13.6). The payload of SMS results and SMS
 * replies is not public, so every list can be added to; names are compared without regard to case.
 */
export const defaultFields = {
  id: ["msgId", "orderId", "messageId"],
  status: ["status", "result", "deliveryStatus"],
  text: ["smsText", "text", "message", "body", "content"],
  phone: ["userContact", "from", "phoneNumber", "msisdn"],
  time: ["timestamp", "statusUpdatedAt", "updatedAt", "dateTime", "date"],
} as const;

export type NotificationField = keyof typeof defaultFields;
export type NotificationFields = Readonly<Record<NotificationField, readonly string[]>>;

const names = (what: string) =>
  z.array(z.string().min(1)).prefault([]).describe(`Further names of ${what}, looked for before the known ones.`);

export const notificationFieldsSchema = z
  .strictObject({
    id: names("the message's id"),
    status: names("the status"),
    text: names("a reply's text"),
    phone: names("the user's number"),
    time: names("the event's time"),
  })
  .prefault({});

/** The configured names before the known ones. */
export function withDefaultFields(extra: Partial<NotificationFields>): NotificationFields {
  const list = (field: NotificationField) => [...(extra[field] ?? []), ...defaultFields[field]];
  return { id: list("id"), status: list("status"), text: list("text"), phone: list("phone"), time: list("time") };
}
