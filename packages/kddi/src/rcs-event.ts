import type { InboundEvent, InboundNotification, ReadNotification } from "@hikyaku/core";
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
  const name = asWord(valueAt(item, ["event"]))?.toLowerCase() ?? "";
  if (Object.hasOwn(events, name)) return events[name as keyof typeof events];
  const rcs = rcsMessageOf(item);
  if (rcs === undefined) return null;
  if (mediaNames.some((media) => valueAt(rcs, [media]) !== undefined)) return "message";
  if (valueAt(rcs, ["suggestedResponse"]) !== undefined || valueAt(rcs, ["sharedData"]) !== undefined) {
    return postbackOf(rcs) === newUserPostback ? "newUser" : "response";
  }
  if (valueAt(rcs, ["isTyping"]) !== undefined) return "isTyping";
  return valueAt(rcs, ["status"]) === undefined ? null : "messageStatus";
}

/** One event as notifications; empty for those that mean nothing to us. */
export function readRcsEvent(event: RcsEvent, item: JsonObject, settings: NotificationSettings): ReadNotification[] {
  const rcs = rcsMessageOf(item) ?? item;
  const providerMessageId = asWord(valueAt(rcs, ["msgId"])) ?? asWord(valueAt(item, ["msgId"])) ?? null;
  const recipient = readRecipient(item, settings);
  const at = readTimestamp(valueAt(rcs, ["timestamp"]) ?? valueAt(item, ["timestamp"]), settings.timestampZone);
  const inbound = (name: InboundEvent, text: string | null): InboundNotification[] => [
    { kind: "inbound", event: name, userMessageId: providerMessageId, recipient, text, at, ...nothingMore },
  ];
  switch (event) {
    case "messageStatus": {
      const rawStatus = asWord(valueAt(rcs, ["status"])) ?? asWord(valueAt(item, ["status"]));
      if (providerMessageId === null || rawStatus === undefined) {
        return [{ kind: "unrecognised", reason: "a messageStatus event without msgId or status" }];
      }
      const state = settings.readStatus(rawStatus) ?? "unrecognised-status";
      return [{ kind: "receipt", providerMessageId, state, rawStatus, recipient, at, ...reasonOf(item) }];
    }
    case "message":
      return inbound("message", textOf(valueAt(rcs, ["textMessage"])));
    case "response":
      return inbound("response", textOf(tapOf(rcs, "displayText")));
    case "newUser":
      return inbound("new-user", textOf(tapOf(rcs, "displayText")));
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

function postbackOf(rcs: JsonObject): unknown {
  return valueAt(tapOf(rcs, "postback"), ["data"]);
}

/** A field of the button that was tapped, reply or action. */
function tapOf(rcs: JsonObject, field: string): unknown {
  const response = valueAt(rcs, ["suggestedResponse", "response"]);
  return valueAt(response, ["reply", field]) ?? valueAt(response, ["action", field]);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
