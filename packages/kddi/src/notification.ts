import { maskNumber, type NotificationInput, normaliseJapaneseMobile, type ReadNotification } from "@hikyaku/core";
import type { StatusReader } from "./delivery-status.ts";
import { findMessageField, readIds } from "./gateway-answer.ts";
import { asWord, findField, firstList, isObject, type JsonObject } from "./json-search.ts";
import { readNotificationBody } from "./notification-body.ts";
import type { NotificationFields } from "./notification-fields.ts";
import { nothingMore, rcsEventOf, readRcsEvent } from "./rcs-event.ts";
import { readSmsText } from "./sms-reply.ts";
import { readTimestamp } from "./timestamp.ts";

export interface NotificationSettings {
  fields: NotificationFields;
  readStatus: StatusReader;
  timestampZone: string;
}

type Hint = NotificationInput["kindHint"];

/**
 * Reads one notification of any kind (protocol notes §13). Never throws. An empty list is an event that means nothing to us
 * (`isTyping`); what is not understood is `unrecognised`, and the caller keeps its raw body.
 */
export function readNotification(input: NotificationInput, settings: NotificationSettings): ReadNotification[] {
  if (input.body.trim() === "") return [{ kind: "connection-test" }];
  const json = readNotificationBody(input.body);
  if (json === undefined) return [{ kind: "unrecognised", reason: "the body is neither JSON nor a form" }];
  if (isObject(json)) {
    // The body of the carrier's connection test is not public; an empty object is what it most likely sends (§13.2).
    return Object.keys(json).length === 0 ? [{ kind: "connection-test" }] : readOne(json, input.kindHint, settings);
  }
  const items = Array.isArray(json) ? json.filter(isObject) : [];
  return (
    readSeveral(items, input.kindHint, settings) ?? [{ kind: "unrecognised", reason: "the body holds no known object" }]
  );
}

function readOne(item: JsonObject, hint: Hint, settings: NotificationSettings): ReadNotification[] {
  const unknown = `no known event, status or text; top-level names: ${namesOf(item)}`;
  return (
    classify(item, hint, settings) ??
    // Several in one body, under a name nobody knows.
    readSeveral(firstList(item), hint, settings) ?? [{ kind: "unrecognised", reason: unknown }]
  );
}

/** Undefined when not one of them is understood. */
function readSeveral(
  items: readonly JsonObject[],
  hint: Hint,
  settings: NotificationSettings,
): ReadNotification[] | undefined {
  const read = items.map((item) => classify(item, hint, settings));
  const known = read.filter((notifications) => notifications !== undefined);
  if (known.length === 0) return undefined;
  const missed = items.length - known.length;
  const rest = `${missed} of ${items.length} entries are not understood`;
  return missed === 0 ? known.flat() : [...known.flat(), { kind: "unrecognised", reason: rest }];
}

/** Which kind it is, by content (protocol notes §13.6); undefined when it is none. */
function classify(item: JsonObject, hint: Hint, settings: NotificationSettings): ReadNotification[] | undefined {
  const event = rcsEventOf(item);
  if (event !== null) return readRcsEvent(event, item, settings);

  const { msgId } = readIds(item);
  const id = msgId ?? findMessageField(item, settings.fields.id, asWord) ?? null;
  const rawStatus = findMessageField(item, settings.fields.status, asWord);
  const text = readSmsText(item, settings.fields.text);
  const common = {
    recipient: readRecipient(item, settings),
    at:
      findMessageField(
        item,
        settings.fields.time,
        (value) => readTimestamp(value, settings.timestampZone) ?? undefined,
      ) ?? null,
  };

  const isResult =
    id !== null && rawStatus !== undefined && (text === undefined || !isReply(hint, rawStatus, settings));
  if (isResult) {
    const state = settings.readStatus(rawStatus) ?? "unrecognised-status";
    return [{ kind: "receipt", providerMessageId: id, state, rawStatus, ...common, ...reasonOf(item) }];
  }
  if (text !== undefined) {
    return [{ kind: "inbound", event: "sms-mo", userMessageId: id, text, ...common, ...nothingMore }];
  }
  return undefined;
}

/**
 * With a text, an id and a status all three: a reply, unless the status is a word for the fate of a message. A result may repeat its
 * message's text, but a reply is never "delivered" or "failed"; it is at most "received".
 */
function isReply(hint: Hint, rawStatus: string, { readStatus }: NotificationSettings): boolean {
  return hint === "sms-mo" || rawStatus.toLowerCase() === "received" || readStatus(rawStatus) === undefined;
}

/** The user's number in E.164; as it came when it is not a Japanese mobile number; null when there is none. */
export function readRecipient(item: JsonObject, { fields }: Pick<NotificationSettings, "fields">): string | null {
  const raw = findField(item, fields.phone, asWord)
    ?.replace(/^(?:tel|sip|sips):/i, "")
    .replace(/@.*$/, "");
  if (raw === undefined || raw.length > 40) return null;
  const read = normaliseJapaneseMobile(raw, { allowDummyC0: true });
  return read.ok ? read.recipient : raw;
}

/** Why a message failed, where the carrier says so (protocol notes §13.3). */
export function reasonOf(item: JsonObject): { reason?: string } {
  const text = findField(item, ["reason"], (value) => (isObject(value) ? asWord(value.text) : asWord(value)));
  const code = findField(item, ["reason", "error"], (value) => (isObject(value) ? asWord(value.code) : undefined));
  const said = [text, code === undefined ? undefined : `code ${code}`].filter((part) => part !== undefined).join(", ");
  return said === "" ? {} : { reason: said.replace(/\+?\d{9,}/g, maskNumber) };
}

function namesOf(item: JsonObject): string {
  const names = Object.keys(item);
  // A name may be anything, a phone number too.
  const shown = names.slice(0, 8).map((name) => name.slice(0, 30).replace(/\d{5,}/g, "…"));
  return names.length > shown.length ? `${shown.join(", ")} …` : shown.join(", ");
}
