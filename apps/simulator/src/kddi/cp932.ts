/** What an au handset shows of a short SMS: characters outside CP932 become `?` (protocol notes §5.3, §19.4). */
export function degradeToCp932(text: string): string {
  let shown = "";
  for (const character of text) shown += isCp932(character) ? character : "?";
  return shown;
}

// The decoder yields the Windows forms of these; the other spelling of the same character is fine on a handset too.
const otherSpellings = "\u301C\u2212\u2016\u00A2\u00A3\u00AC";

let characters: ReadonlySet<string> | undefined;

function isCp932(character: string): boolean {
  characters ??= readCp932();
  return characters.has(character);
}

/** Every character that some byte or byte pair stands for, asked of the platform's own decoder. */
function readCp932(): ReadonlySet<string> {
  const decoder = new TextDecoder("shift_jis");
  const found = new Set<string>(otherSpellings);
  for (let byte = 0; byte < 0x80; byte++) found.add(String.fromCharCode(byte));
  for (let byte = 0xa1; byte <= 0xdf; byte++) found.add(decoder.decode(Uint8Array.of(byte)));
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if (lead >= 0xa0 && lead <= 0xdf) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const decoded = decoder.decode(Uint8Array.of(lead, trail));
      // Lead bytes F0 to F9 are user-defined: the decoder answers with private-use characters no handset can show.
      const isOne = [...decoded].length === 1 && decoded !== "\uFFFD" && !/\p{Co}/u.test(decoded);
      if (isOne) found.add(decoded);
    }
  }
  return found;
}
