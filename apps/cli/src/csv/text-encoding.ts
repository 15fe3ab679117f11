import iconv from "iconv-lite";

/** Encodings a file is recognised in; `--encoding` takes any name iconv-lite knows. */
export type RecognisedEncoding = "utf-8" | "utf-16le" | "utf-16be" | "cp932" | "euc-kr";

const marks: readonly { encoding: RecognisedEncoding; bytes: readonly number[] }[] = [
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

/** The encoding a byte order mark names; null without one. */
export function encodingOfMark(start: Uint8Array): RecognisedEncoding | null {
  return marks.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte))?.encoding ?? null;
}

/**
 * Recognises the encoding of a text without byte order mark from a stretch of it that begins with its first byte above
 * 0x7F. ASCII alone is UTF-8.
 *
 * UTF-8 proves itself: text in another encoding is hardly ever valid. The two double-byte encodings share most of their
 * byte pairs, so what their pairs mean decides: kana and kanji of daily use on one side, Hangul on the other.
 */
export function recogniseEncoding(sample: Uint8Array): RecognisedEncoding {
  const utf8 = readUtf8(sample);
  // A few broken bytes in a UTF-8 file must not turn all of it into another language.
  if (utf8.bad === 0 || utf8.good >= 3 * utf8.bad) return "utf-8";
  const japanese = readPairs(sample, shiftJisStep);
  const korean = readPairs(sample, eucKrStep);
  if (shareOf(japanese) === shareOf(korean)) return "cp932";
  return shareOf(japanese) > shareOf(korean) ? "cp932" : "euc-kr";
}

/** The name iconv-lite uses; null when it knows no such encoding. */
export function knownEncoding(name: string): string | null {
  const spelled = /^(shift[_-]?jis|sjis|windows-31j|ms932)$/i.test(name) ? "cp932" : name.toLowerCase();
  return iconv.encodingExists(spelled) ? spelled : null;
}

interface Reading {
  /** Characters that are usual in this encoding's language. */
  good: number;
  /** Bytes that mean nothing, and characters nobody uses. */
  bad: number;
  neutral: number;
}

function shareOf({ good, bad, neutral }: Reading): number {
  const all = good + neutral + bad;
  return all === 0 ? 0 : (good - 4 * bad) / all;
}

function readUtf8(bytes: Uint8Array): Reading {
  const reading = { good: 0, bad: 0, neutral: 0 };
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length =
      lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    // The sample may end inside a character.
    if (length > 0 && at + length > bytes.length) break;
    let isGood = length > 0;
    for (let next = 1; next < length; next++) isGood &&= ((bytes[at + next] ?? 0) & 0xc0) === 0x80;
    if (isGood) reading.good += 1;
    else reading.bad += 1;
    at += isGood ? length : 1;
    // What is left of a broken character is the same fault.
    while (!isGood && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  }
  return reading;
}

type Step = (lead: number, trail: number) => { length: 1 | 2; kind: keyof Reading };

function readPairs(bytes: Uint8Array, step: Step): Reading {
  const reading = { good: 0, bad: 0, neutral: 0 };
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    if (at + 1 >= bytes.length) break;
    const { length, kind } = step(lead, bytes[at + 1] ?? 0);
    reading[kind] += 1;
    at += length;
  }
  return reading;
}

const shiftJisStep: Step = (lead, trail) => {
  // Half-width kana: usual in the furigana of old systems, and what Hangul looks like when read this way.
  if (lead >= 0xa1 && lead <= 0xdf) return { length: 1, kind: "neutral" };
  const isLead = (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc);
  if (!isLead || trail < 0x40 || trail === 0x7f || trail > 0xfc) return { length: 1, kind: "bad" };
  // Punctuation, kana, and the kanji of level 1; level 2 and the extensions are rarer.
  return { length: 2, kind: lead <= 0x98 ? "good" : "neutral" };
};

const eucKrStep: Step = (lead, trail) => {
  const isPair = lead >= 0xa1 && lead <= 0xfe && trail >= 0xa1 && trail <= 0xfe;
  if (isPair) return { length: 2, kind: lead >= 0xb0 && lead <= 0xc8 ? "good" : "neutral" };
  const isExtension =
    lead >= 0x81 &&
    lead <= 0xc6 &&
    ((trail >= 0x41 && trail <= 0x5a) || (trail >= 0x61 && trail <= 0x7a) || (trail >= 0x81 && trail <= 0xfe));
  // Syllables of the extension (CP949) are valid yet rare.
  return isExtension ? { length: 2, kind: "neutral" } : { length: 1, kind: "bad" };
};
