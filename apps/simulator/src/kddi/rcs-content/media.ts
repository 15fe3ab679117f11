import type { SimulatorSettings } from "../../options.ts";
import { refusalCodes } from "../refusal.ts";
import { checkUrl, type Json } from "./fields.ts";
import type { Findings } from "./findings.ts";

export type RcsLimits = SimulatorSettings["rcs"];

/** The names one family of keys has: files say `fileMIMEType`, cards `mediaContentType` (guide §3.4, §3.6). */
export interface MediaKeys {
  readonly url: string;
  readonly type: string;
  readonly size: string;
  readonly name?: string;
}

/** URL, MIME type and size of one file (protocol notes §6.8). `optional` = the guide's samples send it, GSMA need not. */
export function checkMedia(
  media: Json,
  path: string,
  keys: MediaKeys,
  allowedTypes: readonly string[],
  limits: RcsLimits,
  findings: Findings,
  optional = false,
): void {
  const missing = (key: string, code: number) =>
    optional ? findings.deviate(`${path}.${key} is missing`) : findings.refuse(`${path}.${key} is missing`, code);
  checkUrl(
    media[keys.url],
    `${path}.${keys.url}`,
    findings,
    media[keys.url] === undefined ? refusalCodes.mediaUrl : refusalCodes.url,
  );

  const type = media[keys.type];
  if (type === undefined) missing(keys.type, refusalCodes.mediaType);
  else if (typeof type !== "string")
    findings.refuse(`${path}.${keys.type} must be a MIME type`, refusalCodes.mediaType);
  else if (!allowedTypes.includes(type.toLowerCase())) {
    findings.refuse(
      `${path}.${keys.type} is ${type}; allowed are ${allowedTypes.join(", ")}`,
      refusalCodes.mediaTypeNotAllowed,
    );
  }

  const size = media[keys.size];
  if (size === undefined) missing(keys.size, refusalCodes.mediaSize);
  else if (!Number.isInteger(size) || (size as number) < 0) {
    findings.refuse(`${path}.${keys.size} must be a whole number of bytes`, refusalCodes.mediaSize);
  } else if ((size as number) > limits.maxFileBytes) {
    findings.refuse(`${path}.${keys.size} is more than ${limits.maxFileBytes} bytes`, refusalCodes.mediaTooLarge);
  } else if (size === 0 && optional) {
    findings.refuse(`${path}.${keys.size} must not be 0`, refusalCodes.mediaSize);
  } else if (size === 0) {
    findings.deviate(`${path}.${keys.size} is 0`);
  }

  if (keys.name === undefined) return;
  const name = media[keys.name];
  if (name === undefined) findings.deviate(`${path}.${keys.name} is missing`);
  else if (typeof name !== "string" || name === "") findings.refuse(`${path}.${keys.name} must be a text`);
}

/** A thumbnail is a small image; with its URL its type and size are required (protocol notes §6.6), and nothing without it. */
export function checkThumbnail(
  media: Json,
  path: string,
  keys: MediaKeys,
  limits: RcsLimits,
  findings: Findings,
): void {
  const given = [keys.url, keys.type, keys.size, keys.name].filter(
    (key) => key !== undefined && media[key] !== undefined,
  );
  if (given.length === 0) return;
  const needed = [keys.url, keys.type, keys.size];
  const absent = needed.filter((key) => media[key] === undefined);
  if (absent.length > 0) {
    findings.refuse(`${path} has ${given.join(", ")} but not ${absent.join(", ")}`, refusalCodes.thumbnail);
    return;
  }
  checkMedia(media, path, keys, limits.imageTypes, limits, findings);
}
