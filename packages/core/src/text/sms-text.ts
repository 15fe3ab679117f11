/** Lengths in UTF-16 code units (protocol notes §5.2). The carrier's own maximum is not public, so all three are settings. */
export interface SmsLimits {
  /** Units that fit into one part sent alone. */
  single: number;
  /** Units of each part when there are several. */
  multi: number;
  /** Longest text that is sent at all. */
  max: number;
}

/** 70 alone, 66 a part (140 octets less a header of 7), 660 = ten parts, the usual maximum of domestic direct routes. */
export const defaultSmsLimits: SmsLimits = { single: 70, multi: 66, max: 660 };

/**
 * The one form of a text from which both `smsText` and `smsTextEnc` are made: line breaks as LF, Unicode NFC
 * (protocol notes §5.1).
 */
export function normaliseSmsText(text: string): string {
  return text.replace(/\r\n?/g, "\n").normalize("NFC");
}

/** `smsTextEnc`: base64 (with padding, no line breaks) of the normalised text in UTF-16 big-endian without BOM. */
export function encodeSmsText(text: string): string {
  return Buffer.from(normaliseSmsText(text), "utf16le").swap16().toString("base64");
}

/**
 * Reads `smsTextEnc` back, exactly as written (not normalised). Null when it is not base64 of whole UTF-16 units, so that a
 * reader can fall back to the plain field.
 */
export function decodeSmsText(encoded: string): string | null {
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return null;
  const bytes = Buffer.from(encoded, "base64");
  return bytes.length % 2 === 0 ? bytes.swap16().toString("utf16le") : null;
}

/** Length in UTF-16 code units: an emoji counts 2, a line break 1. Give the normalised text. */
export function utf16Units(text: string): number {
  return text.length;
}

/** Billable parts of a text of `units` UTF-16 units; null when it is longer than `max` and must be refused. */
export function segmentCount(units: number, limits: SmsLimits = defaultSmsLimits): number | null {
  if (units > limits.max) return null;
  if (units <= 0) return 0;
  return units <= limits.single ? 1 : Math.ceil(units / limits.multi);
}
