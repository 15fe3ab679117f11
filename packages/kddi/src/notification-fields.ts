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
  smsNumber: ["smsNumber", "to", "toNumber", "shortCode"],
} as const;

export type NotificationField = keyof typeof defaultFields;
export type NotificationFields = Readonly<Record<NotificationField, readonly string[]>>;

const names = (what: string) =>
  z.array(z.string().min(1)).prefault([]).describe(`Further names of ${what}, looked for before the known ones.`);

const common = {
  id: names("the message's id"),
  text: names("a reply's text"),
  phone: names("the user's number"),
  time: names("the event's time"),
};

/** For results of sent SMS. `text` stands here too because one URL may carry both. */
export const notificationFieldsSchema = z.strictObject({ ...common, status: names("the status") }).prefault({});

/** For what users write back by SMS. */
export const replyFieldsSchema = z
  .strictObject({ ...common, smsNumber: names("the number the user wrote to") })
  .prefault({});

type ExtraFields = Partial<Record<NotificationField, readonly string[]>>;

/** The configured names before the known ones; those of several sections together, as one URL may carry every kind. */
export function withDefaultFields(...extras: readonly ExtraFields[]): NotificationFields {
  const list = (field: NotificationField) => [
    ...new Set([...extras.flatMap((extra) => extra[field] ?? []), ...defaultFields[field]]),
  ];
  return {
    id: list("id"),
    status: list("status"),
    text: list("text"),
    phone: list("phone"),
    time: list("time"),
    smsNumber: list("smsNumber"),
  };
}
