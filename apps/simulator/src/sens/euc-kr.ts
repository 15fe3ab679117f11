/** Bytes of one character on a Korean SMS: 1, 2, or undefined where CP949 lacks it (protocol notes §14.2). */
export function eucKrBytesOf(character: string): 1 | 2 | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  // Every syllable of modern Hangul is in CP949, though not in the decoder's older set.
  if (code >= 0xac00 && code <= 0xd7a3) return 2;
  characters ??= readCharacters();
  return characters.has(character) ? 2 : undefined;
}

/** What the handset gets: cut after the last character that fits, never inside one. */
export function cutToBytes(text: string, most: number): string {
  let kept = "";
  let bytes = 0;
  for (const character of text) {
    bytes += eucKrBytesOf(character) ?? 2;
    if (bytes > most) return kept;
    kept += character;
  }
  return kept;
}

export function isEncodable(text: string): boolean {
  for (const character of text) if (eucKrBytesOf(character) === undefined) return false;
  return true;
}

export function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += eucKrBytesOf(character) ?? 2;
  return bytes;
}

let characters: ReadonlySet<string> | undefined;

/** Every character that a byte pair stands for, asked of the platform's own decoder, and the two that CP949 added. */
function readCharacters(): ReadonlySet<string> {
  const decoder = new TextDecoder("euc-kr");
  const found = new Set<string>(["€", "®"]);
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const decoded = decoder.decode(Uint8Array.of(lead, trail));
      const isOne = [...decoded].length === 1 && decoded !== "\uFFFD" && !/\p{Co}/u.test(decoded);
      if (isOne) found.add(decoded);
    }
  }
  return found;
}
