import type { ContentIssue } from "../provider/provider.ts";
import { type CharacterSafety, characterSafety, isPlainlySafe } from "./character-safety.ts";
import { defaultSmsLimits, normaliseSmsText, type SmsLimits, segmentCount, utf16Units } from "./sms-text.ts";

/** A fault of a text, with the characters that cause it. */
export interface SmsTextIssue extends ContentIssue {
  characters: readonly OffendingCharacter[];
}

export interface OffendingCharacter {
  character: string;
  /** e.g. `U+1F600` */
  codePoint: string;
  /** Where it stands in the normalised text, in UTF-16 units from 0. */
  positions: readonly number[];
}

/**
 * What to do about characters that some handsets cannot show.
 *
 * - `warn` (default): `unsafe` is an error where au would have to convert it (one part, `dst` 0 or 1), else a warning.
 * - `strict`: `unsafe` is always an error. `off`: neither `unsafe` nor `caution` is mentioned.
 */
export type CharacterPolicy = "warn" | "strict" | "off";

export interface LintSmsTextOptions {
  /** Path put on each issue; `content.text` by default. */
  path?: string;
  /** Carrier asked for: 0 any, 1 au, 2 docomo, 3 SoftBank, 4 Rakuten. */
  dst?: "0" | "1" | "2" | "3" | "4";
  policy?: CharacterPolicy;
  limits?: SmsLimits;
}

/**
 * Everything that is wrong with a finished SMS text, in one list; empty when it can be sent without a second look. The text is
 * normalised first, so CR is never a fault. Rules: protocol notes §5.2 and §5.3.
 */
export function lintSmsText(text: string, options: LintSmsTextOptions = {}): SmsTextIssue[] {
  const { path = "content.text", dst = "0", policy = "warn", limits = defaultSmsLimits } = options;
  const normalised = normaliseSmsText(text);
  const units = utf16Units(normalised);
  const issues: SmsTextIssue[] = [];
  const add = (level: "error" | "warning", code: string, message: string, characters: OffendingCharacter[] = []) =>
    issues.push({ path, level, code, message, characters });

  if (normalised.trim() === "") {
    add("error", "sms-blank", "The text is empty or only spaces and line breaks; carriers refuse it. Write a text.");
  }
  if (segmentCount(units, limits) === null) {
    add(
      "error",
      "sms-too-long",
      `The text has ${units} UTF-16 units, the maximum is ${limits.max}. Shorten it by ${units - limits.max}.`,
    );
  }
  if (isPlainlySafe(normalised)) return issues;

  const found = offendingCharacters(normalised);
  if (found.broken.length > 0) {
    add(
      "error",
      "sms-broken-character",
      `The text holds half of a surrogate pair: ${quote(found.broken)}. It was cut inside an emoji or a rare kanji; restore or remove it.`,
      found.broken,
    );
  }
  if (found.control.length > 0) {
    add(
      "error",
      "sms-control-character",
      `The text holds control characters: ${quote(found.control)}. Remove them; only line breaks are allowed.`,
      found.control,
    );
  }
  if (found.unsafe.length > 0 && policy !== "off") {
    const fatal = policy === "strict" || (units <= limits.single && (dst === "0" || dst === "1"));
    add(
      fatal ? "error" : "warning",
      "sms-unsafe-character",
      fatal
        ? `Not in Shift_JIS: ${quote(found.unsafe)}. In a text of up to ${limits.single} units au shows "?" for it. Replace it.`
        : `Not in Shift_JIS: ${quote(found.unsafe)}. Some handsets cannot show it. Replace it where it matters.`,
      found.unsafe,
    );
  }
  if (found.caution.length > 0 && policy !== "off") {
    add(
      "warning",
      "sms-caution-character",
      `Depends on the handset: ${quote(found.caution)}. Older handsets may show another character. Replace it where it matters.`,
      found.caution,
    );
  }
  const split = splitPairs(normalised, units, limits);
  if (split.length > 0) {
    add(
      "warning",
      "sms-split-character",
      `Stands across the border of two parts: ${quote(split)}. The handset may show it broken. Move or remove it.`,
      split,
    );
  }
  return issues;
}

function offendingCharacters(text: string): Record<Exclude<CharacterSafety, "safe">, OffendingCharacter[]> {
  const seen = {
    caution: new Map(),
    unsafe: new Map(),
    control: new Map(),
    broken: new Map(),
  } as const satisfies Record<string, Map<string, number[]>>;
  let at = 0;
  for (const character of text) {
    const safety = characterSafety(character);
    if (safety !== "safe") note(seen[safety], character, at);
    at += character.length;
  }
  return {
    caution: listed(seen.caution),
    unsafe: listed(seen.unsafe),
    control: listed(seen.control),
    broken: listed(seen.broken),
  };
}

/** Surrogate pairs that the border between two parts of a long text would cut, if the gateway splits by units alone. */
function splitPairs(text: string, units: number, limits: SmsLimits): OffendingCharacter[] {
  const seen = new Map<string, number[]>();
  if (units <= limits.single) return [];
  for (let border = limits.multi; border < units; border += limits.multi) {
    const character = String.fromCodePoint(text.codePointAt(border - 1) ?? 0);
    if (character.length === 2) note(seen, character, border - 1);
  }
  return listed(seen);
}

function note(seen: Map<string, number[]>, character: string, at: number): void {
  const positions = seen.get(character);
  if (positions) positions.push(at);
  else seen.set(character, [at]);
}

function listed(seen: Map<string, number[]>): OffendingCharacter[] {
  return [...seen].map(([character, positions]) => ({ character, codePoint: codePointName(character), positions }));
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** At most five characters by name: the message stands in a terminal or in one CSV cell. */
function quote(characters: readonly OffendingCharacter[]): string {
  const shown = characters.slice(0, 5).map(({ character, codePoint, positions }) => {
    const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character) ? `"${character}" (${codePoint})` : codePoint;
    return `${visible} at ${(positions[0] ?? 0) + 1}`;
  });
  return characters.length > 5 ? `${shown.join(", ")} and ${characters.length - 5} more` : shown.join(", ");
}
