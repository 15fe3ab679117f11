import { asWord, findField, isObject, parseJson, valueAt } from "./json-search.ts";
import type { KddiRouteConfig } from "./route-config.ts";

/** The route's own words and places, looked at before the known ones. */
export type AnswerPaths = Pick<KddiRouteConfig, "rcsResponseShape" | "destinationMap">;

/** What an answer or a notification says about which message it means. */
export interface MessageIds {
  msgId: string | null;
  orderId: string | null;
  /** The block that held the id, for the channel. */
  block: "sms" | "rcs" | null;
}

type Block = { path: readonly string[]; block: MessageIds["block"] };

/** Where ids stand, in the order of reading (protocol notes §4.4 rule 2). */
const places: readonly Block[] = [
  { path: ["smsmessage"], block: "sms" },
  { path: ["RCSMessage"], block: "rcs" },
  { path: ["message", "RCSMessage"], block: "rcs" },
  { path: ["message", "smsmessage"], block: "sms" },
  { path: [], block: null },
];

/** The gateway's JSON; a list of one is read as the one. Undefined when it isn't an object. */
export function readObject(text: string): unknown {
  const json = parseJson(text);
  const value = Array.isArray(json) && json.length === 1 ? json[0] : json;
  return isObject(value) ? value : undefined;
}

export function readIds(body: unknown, paths?: Pick<AnswerPaths, "rcsResponseShape">): MessageIds {
  const own = paths?.rcsResponseShape ?? "gsma";
  const order = idAt(body, own === "gsma" ? undefined : own.orderId) ?? idIn(body, "orderId");
  const found =
    idAt(body, own === "gsma" ? undefined : own.msgId) ?? idIn(body, "msgId") ?? idIn(body, "messageId") ?? order;
  // Not in a known place: any msgId is better than a message that can never be followed.
  const msgId = found?.id ?? findField(body, ["msgId", "messageId"], asWord) ?? null;
  return { msgId, orderId: order?.id ?? null, block: found?.block ?? null };
}

type Found = { id: string; block: MessageIds["block"] };

/** What stands at a dotted path of the configuration. */
export function wordAt(body: unknown, path: string | undefined): string | undefined {
  return path === undefined ? undefined : asWord(valueAt(body, path.split(".")));
}

function idAt(body: unknown, path: string | undefined): Found | undefined {
  const id = wordAt(body, path);
  return id === undefined ? undefined : { id, block: null };
}

function idIn(body: unknown, name: string): Found | undefined {
  for (const { path, block } of places) {
    const id = asWord(valueAt(body, [...path, name]));
    if (id !== undefined) return { id, block };
  }
  return undefined;
}

/**
 * A field of the message: inside the block that speaks of it before anywhere else, because a `status` around it may be that of the call.
 */
export function findMessageField<T>(
  body: unknown,
  names: readonly string[],
  accept: (value: unknown) => T | undefined,
): T | undefined {
  for (const { path } of places) {
    const found = path.length === 0 ? undefined : findField(valueAt(body, path), names, accept);
    if (found !== undefined) return found;
  }
  return findField(body, names, accept);
}

/** Words for the channel in `Destination` (protocol notes §4.4 rule 3). */
const destinations: Readonly<Record<string, "sms" | "rcs">> = {
  sms: "sms",
  rcs: "rcs",
  plusmessage: "rcs",
  "+message": "rcs",
};

/** The channel the gateway used: what `Destination` says, else the block with the id, else what was asked for. */
export function readChannel(
  body: unknown,
  { block }: Pick<MessageIds, "block">,
  asked: "sms" | "rcs" | null,
  { rcsResponseShape: own, destinationMap }: AnswerPaths,
): "sms" | "rcs" | null {
  const said = wordAt(body, own === "gsma" ? undefined : own.destination) ?? asWord(valueAt(body, ["Destination"]));
  const word = said?.toLowerCase() ?? "";
  const ownWord = Object.entries(destinationMap).find(([name]) => name.toLowerCase() === word)?.[1];
  return ownWord ?? (Object.hasOwn(destinations, word) ? destinations[word] : undefined) ?? block ?? asked;
}
