import { IANAZone } from "luxon";

/** How and when a recipient agreed to advertising, as far as it is recorded. */
export interface Consent {
  at: Date | null;
  /** E.g. `web form 2026-04`, `paper`, `店頭`. */
  source: string | null;
}

export type ConsentResult = { ok: true; consent: Consent | null } | { ok: false; code: string; reason: string };

/** Longest text of a source; it stands on every message. */
const longestSource = 200;

/**
 * Reads a record of consent. The time is ISO 8601 or as spreadsheets write it (`2026/4/1 9:30`, `2026年4月1日`); without an offset
 * it is the clock of `timeZone`, without a time of day its midnight. Null when nothing is recorded.
 */
export function readConsent(
  { at, source }: { at: string; source: string },
  { now, timeZone }: { now: Date; timeZone: string },
): ConsentResult {
  const how = source.trim();
  const when = at.trim();
  if (when === "" && how === "") return { ok: true, consent: null };
  if (how.length > longestSource || /\p{Cc}/u.test(how)) {
    return refuse(`consent_source must be one line of at most ${longestSource} characters; shorten it`);
  }
  if (when === "") return { ok: true, consent: { at: null, source: how } };
  const time = timeOf(when, timeZone);
  if (time === null) {
    return refuse("consent_at is no time; write e.g. 2026-04-01T09:30:00+09:00, 2026-04-01 or 2026/4/1 9:30");
  }
  if (time > now.getTime()) return refuse("consent_at lies in the future; correct it");
  return { ok: true, consent: { at: new Date(time), source: how === "" ? null : how } };
}

/** True when it says when and how: what the law asks to be kept (protocol notes §17). */
export function isCompleteConsent(consent: Consent | null): boolean {
  return consent !== null && consent.at !== null && consent.source !== null;
}

function refuse(reason: string): ConsentResult {
  return { ok: false, code: "invalid-consent", reason };
}

const written =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Milliseconds since 1970; null when it is no time. Written out because a list may hold millions of them. */
function timeOf(text: string, timeZone: string): number | null {
  const match = written.exec(text.normalize("NFKC"));
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return null;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(asUtc);
  // 2026-02-30 would be a day in March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const offset = match[7];
  if (offset === undefined) return asUtc - offsetMs(timeZone, asUtc);
  if (/^z$/i.test(offset)) return asUtc;
  const sign = offset.startsWith("-") ? -1 : 1;
  return asUtc - sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))) * 60_000;
}

const hourMs = 3_600_000;
const knownOffsets = new Map<string, number>();

/** Asking the platform costs some 5 µs, and the same days come again and again. */
function offsetMs(timeZone: string, localMs: number): number {
  const key = `${timeZone} ${Math.floor(localMs / hourMs)}`;
  let offset = knownOffsets.get(key);
  if (offset === undefined) {
    const zone = IANAZone.create(timeZone);
    // The local time taken for UTC is off by the offset itself; a second look settles it but in the hour of a clock's change.
    const guess = zone.offset(localMs) * 60_000;
    offset = zone.offset(localMs - guess) * 60_000;
    if (knownOffsets.size > 20_000) knownOffsets.clear();
    knownOffsets.set(key, offset);
  }
  return offset;
}
