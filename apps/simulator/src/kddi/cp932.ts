/** What an au handset shows of a short SMS: characters outside CP932 become `?` (protocol notes §5.3, §19.4). */
export function degradeToCp932(text: string): string {
  let shown = "";
  for (const character of text) shown += levelOf(character) === "unsafe" ? "?" : character;
  return shown;
}

/**
 * How surely handsets show a character (protocol notes §5.3): `safe` = ASCII and JIS X 0208, `caution` = the rest of CP932
 * (①, 髙, half-width kana, both full-width tildes), `unsafe` = everything else.
 */
export type CharacterLevel = "safe" | "caution" | "unsafe";

export function levelOf(character: string): CharacterLevel {
  levels ??= readLevels();
  return levels.get(character) ?? "unsafe";
}

// The decoder yields the Windows forms of these; the other spelling of the same character is fine on a handset too.
const otherSpellings = "\u2212\u2016\u00A2\u00A3\u00AC";
/** The wave dash and the tilde that stands in its place: either may come out as something else. */
const tildes = "\u301C\uFF5E";

let levels: ReadonlyMap<string, CharacterLevel> | undefined;

/** Every character that some byte or byte pair stands for, asked of the platform's own decoder. */
function readLevels(): ReadonlyMap<string, CharacterLevel> {
  const decoder = new TextDecoder("shift_jis");
  const found = new Map<string, CharacterLevel>();
  for (let byte = 0; byte < 0x80; byte++) found.set(String.fromCharCode(byte), "safe");
  for (let byte = 0xa1; byte <= 0xdf; byte++) found.set(decoder.decode(Uint8Array.of(byte)), "caution");
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if (lead >= 0xa0 && lead <= 0xdf) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const decoded = decoder.decode(Uint8Array.of(lead, trail));
      // Lead bytes F0 to F9 are user-defined: the decoder answers with private-use characters no handset can show.
      const isOne = [...decoded].length === 1 && decoded !== "\uFFFD" && !/\p{Co}/u.test(decoded);
      if (isOne && !found.has(decoded)) found.set(decoded, isJisX0208(lead) ? "safe" : "caution");
    }
  }
  for (const character of otherSpellings) found.set(character, "safe");
  for (const character of tildes) found.set(character, "caution");
  return found;
}

/** Rows 1 to 8 and 16 to 84; 87 is NEC's row 13, ED to FC hold what NEC and IBM added. */
function isJisX0208(lead: number): boolean {
  return (lead >= 0x81 && lead <= 0x84) || (lead >= 0x88 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xea);
}
