/**
 * How surely a character is shown on a Japanese handset (protocol notes §5.3).
 *
 * - `safe`: ASCII, the line feed and JIS X 0208.
 * - `caution`: the other characters of CP932: ①㈱℡髙﨑, half-width kana, and the wave dash in both spellings.
 * - `unsafe`: everything else: emoji, private use, zero-width, bidi, U+FFFD.
 * - `control`: control characters other than LF. `broken`: half of a surrogate pair, which no encoding can carry.
 */
export type CharacterSafety = "safe" | "caution" | "unsafe" | "control" | "broken";

const safe = 0;
const caution = 1;
const unsafe = 2;
const control = 3;
const levels = ["safe", "caution", "unsafe", "control"] as const satisfies readonly CharacterSafety[];

/** Level of each code unit of the basic plane. Surrogates are `unsafe` here; whether they pair is the reader's question. */
let table: Uint8Array | undefined;

/**
 * The table is built from the platform's own Shift_JIS decoder (about 2 ms, once), so no mapping file has to be kept. Lead
 * bytes 0x81–0x84 and 0x88–0xEA (less the gap of single bytes) are JIS X 0208; 0x87, 0xED, 0xEE and 0xFA–0xFC are the
 * extensions of NEC and IBM; 0xF0–0xF9 is the private area, which no two handsets share and which stays unsafe.
 */
function buildTable(): Uint8Array {
  const built = new Uint8Array(0x10000).fill(unsafe);
  const decoder = new TextDecoder("shift_jis");
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if ((lead >= 0xa0 && lead <= 0xdf) || (lead >= 0xf0 && lead <= 0xf9)) continue;
    const level = lead <= 0x84 || (lead >= 0x88 && lead <= 0xea) ? safe : caution;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      pair[0] = lead;
      pair[1] = trail;
      const decoded = decoder.decode(pair);
      // A pair that is no character decodes to U+FFFD, alone or before the second byte's own meaning.
      if (decoded.length !== 1 || decoded === "\ufffd") continue;
      const unit = decoded.charCodeAt(0);
      // A few signs stand twice, in row 2 and among the extensions; the row of the standard wins.
      built[unit] = Math.min(built[unit] ?? unsafe, level);
    }
  }
  for (let unit = 0xff61; unit <= 0xff9f; unit++) built[unit] = caution;
  // JIS X 0208 by the standard's own mapping, where CP932 decodes to a full-width twin.
  for (const alias of "\u2212\u2016\u00a2\u00a3\u00ac") built[alias.charCodeAt(0)] = safe;
  for (const waveDash of "\u301c\uff5e") built[waveDash.charCodeAt(0)] = caution;
  for (let unit = 0; unit < 0xa0; unit++) built[unit] = unit >= 0x20 && unit < 0x7f ? safe : control;
  built[0x0a] = safe;
  return built;
}

/** Safety of the one character (code point) given. */
export function characterSafety(character: string): CharacterSafety {
  const unit = character.charCodeAt(0);
  if (unit >= 0xd800 && unit <= 0xdfff) return character.length > 1 ? "unsafe" : "broken";
  table ??= buildTable();
  return levels[table[unit] ?? unsafe] ?? "unsafe";
}

/** True when every character is `safe`: the quick answer for the texts of a whole import. */
export function isPlainlySafe(text: string): boolean {
  table ??= buildTable();
  for (let at = 0; at < text.length; at++) if (table[text.charCodeAt(at)] !== safe) return false;
  return true;
}
