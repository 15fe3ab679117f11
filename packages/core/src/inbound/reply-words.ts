/** How much of a reply must be the word: all of it, or any part. */
export const wordMatches = ["whole", "contains"] as const;
export type WordMatch = (typeof wordMatches)[number];

/**
 * Words that ask for no further messages, where the configuration names none: those users in Japan are told to answer with
 * (protocol notes §13.3), the English ones every carrier knows, and the Korean one.
 */
export const defaultOptOutWords = [
  "停止",
  "配信停止",
  "配信停止希望",
  "配信解除",
  "配信拒否",
  "受信拒否",
  "登録解除",
  "解除",
  "ストップ",
  "STOP",
  "UNSUBSCRIBE",
  "수신거부",
] as const;

/**
 * What a reply says, for comparing: one width (NFKC), one case, without spaces, and without the punctuation, symbols and
 * emoji around it. `「ＳＴＯＰ！」` and ` stop ` are the same; so are `配信 停止。` and `配信停止`.
 */
export function normaliseReply(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{Cf}\p{Cc}\p{Z}]+/gu, "")
    .replace(/^[\p{P}\p{S}\p{M}]+|[\p{P}\p{S}\p{M}]+$/gu, "");
}

/** Finds one of the words in what a user wrote or tapped; answers the word as it is configured. */
export type ReplyWordFinder = (texts: readonly (string | null)[]) => string | null;

/**
 * Prepares a list of words. With `whole` the text must be the word and nothing else, so that "停止しないで" stops nothing;
 * `contains` finds the word anywhere, and takes "配信停止してください" and "停止しないで" alike.
 */
export function replyWordFinder(words: readonly string[], match: WordMatch): ReplyWordFinder {
  const byNormalised = new Map(
    words.map((word) => [normaliseReply(word), word] as const).filter(([normalised]) => normalised !== ""),
  );
  const find = (text: string): string | null => {
    const normalised = normaliseReply(text);
    if (match === "whole") return byNormalised.get(normalised) ?? null;
    for (const [each, word] of byNormalised) if (normalised.includes(each)) return word;
    return null;
  };
  return (texts) => {
    for (const text of texts) {
      const word = text === null ? null : find(text);
      if (word !== null) return word;
    }
    return null;
  };
}
