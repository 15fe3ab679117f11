import { refusalCodes } from "../refusal.ts";
import { type Json, readObject, readOneOf, readText, readTime } from "./fields.ts";
import { checkAudioMessage, checkFileMessage } from "./file-message.ts";
import type { Findings } from "./findings.ts";
import { checkGeolocation } from "./geolocation.ts";
import type { RcsLimits } from "./media.ts";
import { checkRichCard } from "./rich-card.ts";
import { checkSuggestions } from "./suggestion.ts";

/** Exactly one of them is the message (protocol notes §6). */
export const contentKinds = [
  "textMessage",
  "fileMessage",
  "audioMessage",
  "geolocationPushMessage",
  "richcardMessage",
  "isTyping",
] as const;
export type ContentKind = (typeof contentKinds)[number];

const trafficTypes: readonly unknown[] = ["advertisement", "payment", "premium", "subscription"];
/** What the platform itself fills in. */
const platformNames = ["msgId", "status", "timestamp"];
const chipCounts = { max: 11, tooFew: refusalCodes.tooFewChips, tooMany: refusalCodes.tooManyChips };

export interface RcsPart {
  /** The RCSMessage, as it was sent. */
  readonly content: Json;
  /** When the platform gives up and revokes it; milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

/** `message.RCSMessage` (protocol notes §6). What is wrong is in the findings. */
export function readRcsMessage(
  value: unknown,
  limits: RcsLimits,
  now: number,
  findings: Findings,
): RcsPart | undefined {
  const path = "message.RCSMessage";
  const names = [...contentKinds, "suggestedChipList", "suggestChipList", "expiry", "trafficType", ...platformNames];
  const message = readObject(value, path, names, findings, refusalCodes.noContent);
  if (message === undefined) return undefined;
  for (const name of platformNames) {
    if (message[name] !== undefined) findings.deviate(`${path}.${name} is the platform's to fill in`);
  }
  const hasContent = contentKinds.some((kind) => message[kind] !== undefined);
  const code = hasContent ? refusalCodes.twoContents : refusalCodes.noContent;
  const kind = readOneOf(message, path, contentKinds, findings, code);
  if (kind !== undefined) checkContent(message[kind], kind, `${path}.${kind}`, limits, findings);
  checkChips(message, path, kind, findings);

  let expiresAt: number | undefined;
  if (message.expiry !== undefined) {
    expiresAt = readTime(message.expiry, `${path}.expiry`, findings, refusalCodes.expiry);
    if (expiresAt !== undefined && expiresAt <= now) {
      findings.refuse(`${path}.expiry is past`, refusalCodes.expiry);
    }
  }
  if (message.trafficType !== undefined && !trafficTypes.includes(message.trafficType)) {
    findings.refuse(`${path}.trafficType must be one of ${trafficTypes.join(", ")}`);
  }
  return { content: message, expiresAt };
}

function checkContent(value: unknown, kind: ContentKind, path: string, limits: RcsLimits, findings: Findings): void {
  switch (kind) {
    case "textMessage": {
      const codes = { code: refusalCodes.emptyText, codeTooLong: refusalCodes.textTooLong };
      readText(value, path, findings, { max: limits.maxText, ...codes });
      break;
    }
    case "fileMessage":
      checkFileMessage(value, path, limits, findings);
      break;
    case "audioMessage":
      checkAudioMessage(value, path, limits, findings);
      break;
    case "geolocationPushMessage":
      checkGeolocation(value, path, findings);
      break;
    case "richcardMessage":
      checkRichCard(value, path, limits, findings);
      break;
    case "isTyping":
      if (value !== "active" && value !== "idle") findings.refuse(`${path} must be active or idle`);
      findings.deviate(`${path} is not among the messages of the guide`);
      break;
    default:
      kind satisfies never;
  }
}

/** The guide's §2.1 says `suggestChipList` once; `suggestedChipList` is right (protocol notes §16). */
function checkChips(message: Json, path: string, kind: ContentKind | undefined, findings: Findings): void {
  if (message.suggestChipList !== undefined) {
    findings.deviate(`${path}.suggestedChipList is spelled suggestChipList`);
  }
  const list = message.suggestedChipList ?? message.suggestChipList;
  if (list === undefined) return;
  if (kind === "isTyping") {
    findings.refuse(`${path}.suggestedChipList must not stand with isTyping`, refusalCodes.chipsMisplaced);
    return;
  }
  const at = `${path}.suggestedChipList`;
  const chips = readObject(list, at, ["suggestions"], findings, refusalCodes.tooFewChips);
  if (chips !== undefined) checkSuggestions(chips.suggestions, `${at}.suggestions`, chipCounts, findings);
}

/** Chips that stand anywhere else than in RCSMessage do not show; comparable gateways refuse them by a code of their own. */
export function refuseMisplacedChips(holder: Json, path: string, findings: Findings): void {
  for (const name of ["suggestedChipList", "suggestChipList"]) {
    if (holder[name] === undefined) continue;
    findings.refuse(`${path}${name} must stand in RCSMessage`, refusalCodes.chipsMisplaced);
  }
}
