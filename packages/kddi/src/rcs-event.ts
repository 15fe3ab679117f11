import type { InboundEvent, InboundNotification, ReadNotification } from "@hikyaku/core";
import { readChannel } from "./gateway-answer.ts";
import { readAttachment } from "./inbound-attachment.ts";
import { asWord, isObject, type JsonObject, valueAt } from "./json-search.ts";
import { type NotificationSettings, readRecipient, reasonOf } from "./notification.ts";
import { readTimestamp } from "./timestamp.ts";

/** The webhook events of +Message (guide §2.1) and the three that GSMA adds; by lower-case name. */
const events = {
  message: "message",
  messagestatus: "messageStatus",
  response: "response",
  newuser: "newUser",
  istyping: "isTyping",
  filestatus: "fileStatus",
  alias: "alias",
} as const;

export type RcsEvent = (typeof events)[keyof typeof events];

/** What a GSMA client sends when the user opens the account for the first time. */
const newUserPostback = "new_bot_user_initiation";

const mediaNames = ["textMessage", "fileMessage", "audioMessage", "geolocationPushMessage"];

/** Which event it is: by its name, else by what it holds (protocol notes §13.3). Null when it is not of +Message at all. */
export function rcsEventOf(item: JsonObject): RcsEvent | null {
  // `message_status` is read as `messageStatus`.
  const name = (asWord(valueAt(item, ["event"])) ?? "").toLowerCase().replace(/[^a-z]/g, "");
  if (Object.hasOwn(events, name)) return events[name as keyof typeof events];
  const rcs = rcsMessageOf(item);
  if (rcs === undefined) return null;
  if (mediaNames.some((media) => valueAt(rcs, [media]) !== undefined)) return "message";
  if (valueAt(rcs, ["suggestedResponse"]) !== undefined || valueAt(rcs, ["sharedData"]) !== undefined) {
    return tapOf(rcs).postbackData === newUserPostback ? "newUser" : "response";
  }
  if (valueAt(rcs, ["isTyping"]) !== undefined) return "isTyping";
  return valueAt(rcs, ["status"]) === undefined ? null : "messageStatus";
}

/** One event as notifications; empty for those that mean nothing to us. */
export function readRcsEvent(event: RcsEvent, item: JsonObject, settings: NotificationSettings): ReadNotification[] {
  const rcs = rcsMessageOf(item) ?? item;
  const msgId = asWord(valueAt(rcs, ["msgId"])) ?? asWord(valueAt(item, ["msgId"])) ?? null;
  const recipient = readRecipient(item, settings);
  const at = readTimestamp(valueAt(rcs, ["timestamp"]) ?? valueAt(item, ["timestamp"]), settings.timestampZone);
  const inbound = (name: InboundEvent, more: Partial<InboundNotification>): InboundNotification[] => [
    { ...nothingMore, kind: "inbound", event: name, userMessageId: msgId, recipient, text: null, at, ...more },
  ];
  switch (event) {
    case "messageStatus": {
      const rawStatus = asWord(valueAt(rcs, ["status"])) ?? asWord(valueAt(item, ["status"]));
      if (msgId === null || rawStatus === undefined) {
        return [{ kind: "unrecognised", reason: "a messageStatus event without msgId or status" }];
      }
      const state = settings.readStatus(rawStatus) ?? "unrecognised-status";
      const block = rcsMessageOf(item) === undefined ? null : "rcs";
      const channel = readChannel(item, { block }, null, { ...settings, rcsResponseShape: "gsma" });
      return [
        { kind: "receipt", providerMessageId: msgId, state, rawStatus, recipient, at, channel, ...reasonOf(item) },
      ];
    }
    case "message":
      return inbound("message", { text: textOf(valueAt(rcs, ["textMessage"])), attachment: readAttachment(rcs) });
    case "response": {
      const tap = tapOf(rcs);
      // As an id of our message it comes with every tap on that message: it can't tell a repeat from a second tap.
      const ids = settings.correlateBy === "msgId" ? { userMessageId: null, answersTo: msgId } : {};
      return inbound("response", { ...tap, text: tap.displayText, deviceSpecifics: deviceSpecificsOf(rcs), ...ids });
    }
    case "newUser": {
      const tap = tapOf(rcs);
      return inbound("new-user", { ...tap, text: tap.displayText });
    }
    case "isTyping":
    case "fileStatus":
    case "alias":
      return [];
    default:
      return event satisfies never;
  }
}

/** What an inbound notification says only in some of its kinds. */
export const nothingMore = {
  answersTo: null,
  displayText: null,
  postbackData: null,
  smsNumber: null,
  attachment: null,
  deviceSpecifics: null,
} as const satisfies Partial<InboundNotification>;

/** Beside the contact, or inside `message` as in what we send (guide §3.1 against §3.5). */
function rcsMessageOf(item: JsonObject): JsonObject | undefined {
  return [valueAt(item, ["RCSMessage"]), valueAt(item, ["message", "RCSMessage"])].find(isObject);
}

/** The button that was tapped, reply or action. */
function tapOf(rcs: JsonObject): Pick<InboundNotification, "displayText" | "postbackData"> {
  const suggested = valueAt(rcs, ["suggestedResponse"]);
  const response = valueAt(suggested, ["response"]) ?? suggested;
  const button = [valueAt(response, ["reply"]), valueAt(response, ["action"]), response].find(isObject);
  const postback = valueAt(button, ["postback"]);
  return {
    displayText: textOf(valueAt(button, ["displayText"])),
    postbackData: textOf(valueAt(postback, ["data"]) ?? postback),
  };
}

/** What a device may tell of itself (GSMA RCC.07), and nothing else it might send along. */
const deviceFields = ["deviceModel", "platformVersion", "clientVendor", "clientVersion", "batteryRemainingMinutes"];

function deviceSpecificsOf(rcs: JsonObject): InboundNotification["deviceSpecifics"] {
  const found = [["sharedData"], ["suggestedResponse", "sharedData"], ["suggestedResponse", "response", "sharedData"]]
    .map((path) => valueAt(rcs, [...path, "deviceSpecifics"]))
    .find(isObject);
  if (found === undefined) return null;
  const known: Record<string, string | number> = {};
  for (const name of deviceFields) {
    const value = valueAt(found, [name]);
    if (typeof value === "number" && Number.isFinite(value)) known[name] = value;
    else if (typeof value === "string") known[name] = value.slice(0, 255);
  }
  return known;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
