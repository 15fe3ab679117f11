import { Duration } from "luxon";

export type DurationResult = { ok: true; ms: number } | { ok: false; reason: string };

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a length of time: `30s`, `5m`, `2h`, `7d`, `500ms`, `1h30m`, `1.5h`, or ISO 8601 (`PT5M`, `P1DT12H`). A day is
 * 24 hours. Refused: a bare number (its unit is a guess), a negative one, ISO months and years (not of one length).
 */
export function parseDuration(text: string): DurationResult {
  const trimmed = text.trim();
  if (/^[+-]?P/i.test(trimmed)) return parseIsoDuration(trimmed.toUpperCase());
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return refuse(text, `has no unit; write e.g. "${trimmed}s" or "${trimmed}m"`);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(trimmed)) {
    return refuse(text, "is not a length of time; write e.g. 30s, 5m, 2h, 7d, 1h30m or PT5M");
  }
  let ms = 0;
  for (const [, amount = "0", unit = ""] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    ms += Number(amount) * (unitMs[unit] ?? 0);
  }
  return finished(text, ms);
}

function parseIsoDuration(text: string): DurationResult {
  const parsed = Duration.fromISO(text);
  // Luxon reads a lone P or PT as nothing at all.
  if (!parsed.isValid || !/\d[A-Z]$/.test(text))
    return refuse(text, "is not an ISO 8601 duration; write e.g. PT5M or P7D");
  const { years, months, quarters } = parsed;
  if (years || months || quarters)
    return refuse(text, "counts months or years, which are not of one length; write days, e.g. P30D");
  return finished(text, parsed.toMillis());
}

function finished(text: string, ms: number): DurationResult {
  if (ms < 0) return refuse(text, "is negative; a length of time starts at 0");
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) ? { ok: true, ms: rounded } : refuse(text, "is too long");
}

function refuse(text: string, why: string): DurationResult {
  return { ok: false, reason: `"${text}" ${why}` };
}
