/** As much of an error's body as is looked at. */
const maxRead = 2_048;
/** As much of it as becomes part of a reason: it stands in a table cell. */
const maxShown = 300;
/** A shorter run in common with the message is chance, not an echo. */
const minEcho = 6;

/**
 * What a gateway says about an error, fit to be stored and shown: cut to one line of 300 characters, and without what it may
 * repeat of our request: the text, the numbers, the credentials.
 *
 * @param secrets texts of the request that must not come back; runs of six characters or more in common with one are taken out.
 */
export function shownText(said: string, secrets: readonly string[]): string {
  const text = oneLine(said.slice(0, maxRead));
  // Twice what is shown: taking out echoes shortens it, and looking for them costs.
  const safe = maskDigits(withoutEcho(text.slice(0, 2 * maxShown), secrets));
  return oneLine(safe).slice(0, maxShown);
}

/** A proxy's error page says what it has to say in its words, not in its tags. */
export function withoutTags(page: string): string {
  const text = page.slice(0, maxRead);
  return text.includes("<") ? text.replace(/<(style|script)[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ") : text;
}
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim();
}

/** Replaces every run of `minEcho` or more characters that also stands in one of `secrets`. */
function withoutEcho(text: string, secrets: readonly string[]): string {
  const sources = secrets.filter((secret) => secret !== "").map(oneLine);
  let shown = "";
  for (let at = 0; at < text.length; ) {
    const length = longestEcho(text, at, sources);
    shown += length > 0 ? "…" : text[at];
    at += Math.max(1, length);
  }
  return shown;
}

function longestEcho(text: string, at: number, sources: readonly string[]): number {
  let longest = 0;
  for (const source of sources) {
    const needed = Math.min(minEcho, source.length);
    if (!source.includes(text.slice(at, at + needed)) || at + needed > text.length) continue;
    let length = needed;
    while (at + length < text.length && source.includes(text.slice(at, at + length + 1))) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}

/** Numbers as long as a phone number keep their last two digits. */
function maskDigits(text: string): string {
  return text.replace(/\+?\d(?:[ \-()]?\d){8,}/g, (number) => `****${number.slice(-2)}`);
}
