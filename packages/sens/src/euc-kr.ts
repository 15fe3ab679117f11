const oneByte = 1;
const twoBytes = 2;

/** Bytes of each code unit of the basic plane; 0 where the set has no such character. Surrogates are 0: the set ends at U+FFFF. */
let table: Uint8Array | undefined;

/**
 * CP949, the superset of EUC-KR that Korean carriers use (protocol notes §14.2). Built from the platform's own decoder (a few ms, once), so
 * no mapping file has to be kept. Node's `euc-kr` is KS X 1001 of 1992; CP949 adds the other 8,822 syllables of modern Hangul, `€` and `®`,
 * and has no private characters.
 */
function buildTable(): Uint8Array {
  const built = new Uint8Array(0x10000);
  built.fill(oneByte, 0, 0x80);
  const decoder = new TextDecoder("euc-kr");
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      pair[0] = lead;
      pair[1] = trail;
      const decoded = decoder.decode(pair);
      // A pair that is no character decodes to U+FFFD, alone or before the second byte's own meaning.
      if (decoded.length === 1 && !/[\ufffd\p{Co}]/u.test(decoded)) built[decoded.charCodeAt(0)] = twoBytes;
    }
  }
  built.fill(twoBytes, 0xac00, 0xd7a4);
  for (const added of "€®") built[added.charCodeAt(0)] = twoBytes;
  return built;
}

/** Bytes of a text as a Korean SMS: ASCII 1, Hangul and other characters of the set 2. What the set lacks is counted as 2. */
export function eucKrBytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += character.charCodeAt(0) < 0x80 ? oneByte : twoBytes;
  return bytes;
}

/** The characters that a Korean SMS can't carry (emoji, most accented letters), each once, in order of first use. */
export function notInEucKr(text: string): string[] {
  table ??= buildTable();
  const found = new Set<string>();
  for (const character of text) {
    if (character.length > 1 || table[character.charCodeAt(0)] === 0) found.add(character);
  }
  return [...found];
}
