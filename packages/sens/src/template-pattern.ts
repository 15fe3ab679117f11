/**
 * A text with variables as the fixed pieces between them: `#{a}, order #{b}.` → `["", ", order ", "."]`. A variable's name may be
 * anything without braces, in any script (protocol notes §9.3).
 */
export function fixedPieces(text: string): string[] {
  return withLf(text).split(/#\{[^{}]+\}/u);
}

/** The name of every variable, each once, in order of first use. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/#\{([^{}]+)\}/gu)].map(([, name = ""]) => name.trim()))];
}

export function withLf(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/**
 * Whether a finished text is the template with something (or nothing) in place of each variable: anchored at both ends, line breaks as LF,
 * nothing trimmed, and the same variable may stand for different values (protocol notes §9.5). Linear: the pieces are looked for from the
 * left, which finds a way if there is one.
 */
export function matchesTemplate(finished: string, template: string): boolean {
  const text = withLf(finished);
  const pieces = fixedPieces(template);
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * Whether two texts with variables can come to the same text for some values. For a content before its values are known; each finished
 * text is still compared by itself.
 */
export function canMatchTemplate(written: string, template: string): boolean {
  const other = unitsOf(template);
  // reach[j]: what was read of `written` can stand for the first j units of the template.
  let reach = new Uint8Array(other.length + 1);
  reach[0] = 1;
  for (let j = 1; j <= other.length && other[j - 1] === variable; j++) reach[j] = 1;
  for (const unit of unitsOf(written)) {
    const next = new Uint8Array(other.length + 1);
    for (let j = 0; j <= other.length; j++) {
      const theirs = j === 0 ? undefined : other[j - 1];
      const isAnything = unit === variable || theirs === variable;
      const stays = reach[j] === 1 && isAnything;
      const steps = j > 0 && reach[j - 1] === 1 && (isAnything || unit === theirs);
      const grows = j > 0 && next[j - 1] === 1 && isAnything;
      next[j] = stays || steps || grows ? 1 : 0;
    }
    reach = next;
  }
  return reach[other.length] === 1;
}

const variable = "\u0000variable";

function unitsOf(text: string): string[] {
  return fixedPieces(text).flatMap((piece, index) => (index === 0 ? [...piece] : [variable, ...piece]));
}

/** Of a text that doesn't match: the first of the template's own pieces that isn't where it must be, for the operator to compare. */
export function missingPiece(text: string, template: string): string {
  const written = withLf(text);
  const pieces = fixedPieces(template);
  const first = pieces[0] ?? "";
  if (!written.startsWith(first)) return first;
  let at = first.length;
  for (const piece of pieces.slice(1)) {
    const found = written.indexOf(piece, at);
    if (found === -1) return piece;
    at = found + piece.length;
  }
  return pieces.at(-1) ?? "";
}
