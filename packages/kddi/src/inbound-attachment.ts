import type { InboundAttachment } from "@hikyaku/core";
import { asWord, isObject, type JsonObject, valueAt } from "./json-search.ts";

/** What the user sent beside or instead of a text: a file, a recording, a place (protocol notes §13.3). Null when there is none. */
export function readAttachment(rcs: JsonObject): InboundAttachment | null {
  const file = valueAt(rcs, ["fileMessage"]);
  if (isObject(file)) return readFile("file", file);
  const audio = valueAt(rcs, ["audioMessage"]);
  if (isObject(audio)) return readFile("audio", audio);
  const place = valueAt(rcs, ["geolocationPushMessage"]);
  return isObject(place) ? readPlace(place) : null;
}

function readFile(kind: "file" | "audio", file: JsonObject): InboundAttachment | null {
  const url = textAt(file, "fileUrl");
  if (url === null) return null;
  return {
    kind,
    url,
    mime: textAt(file, "fileMIMEType"),
    name: textAt(file, "fileName"),
    size: amountAt(file, "fileSize"),
    seconds: amountAt(file, "playingLength"),
    thumbnailUrl: textAt(file, "thumbnailUrl"),
  };
}

function readPlace(place: JsonObject): InboundAttachment | null {
  const position = textAt(place, "pos");
  if (position === null) return null;
  const [, latitude, longitude] =
    /^(?:geo:)?(-?\d{1,2}(?:\.\d+)?)(?:\s*,\s*|\s+)(-?\d{1,3}(?:\.\d+)?)$/.exec(position) ?? [];
  return {
    kind: "location",
    position,
    latitude: latitude === undefined ? null : Number(latitude),
    longitude: longitude === undefined ? null : Number(longitude),
    label: textAt(place, "label"),
    radius: amountAt(place, "radius"),
  };
}

/** Longer than a word, as a URL with its signature is; still not without bound. */
function textAt(object: JsonObject, key: string): string | null {
  const value = valueAt(object, [key]);
  return typeof value === "string" && value.trim() !== "" && value.length <= 8_192 ? value.trim() : null;
}

function amountAt(object: JsonObject, key: string): number | null {
  const amount = Number(asWord(valueAt(object, [key])) ?? Number.NaN);
  return Number.isFinite(amount) && amount >= 0 ? amount : null;
}
