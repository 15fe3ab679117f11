import { isSameText, type ListedMessage } from "./listed-message.ts";

export interface Sought {
  /** National form. */
  to: string;
  text: string;
}

/**
 * Which entry of a send's answer speaks of which message. The order is assumed to be the request's and `to` decides (protocol notes §5.2);
 * the text tells two messages to one number apart, yet is not relied on, since a gateway may write it in another way. An entry without a
 * number fits by its text, one without either fits nothing. Each entry is used once.
 */
export function matchEntries(
  sought: readonly Sought[],
  entries: readonly ListedMessage[],
): (ListedMessage | undefined)[] {
  const free = new Set(entries);
  const matched: (ListedMessage | undefined)[] = sought.map(() => undefined);
  for (const fits of [isSameMessage, isSameNumber]) {
    for (const [index, each] of sought.entries()) matched[index] ??= take([entries[index]], each, fits);
    for (const [index, each] of sought.entries()) matched[index] ??= take(free, each, fits);
  }
  return matched;

  function take(from: Iterable<ListedMessage | undefined>, each: Sought, fits: typeof isSameNumber) {
    for (const entry of from) {
      if (entry !== undefined && free.has(entry) && fits(each, entry)) {
        free.delete(entry);
        return entry;
      }
    }
    return undefined;
  }
}

function isSameMessage({ to, text }: Sought, entry: ListedMessage): boolean {
  if (entry.to === undefined && entry.content === undefined) return false;
  return (entry.to ?? to) === to && isSameText(entry.content ?? text, text);
}

function isSameNumber({ to }: Sought, entry: ListedMessage): boolean {
  return entry.to === to;
}
