import { levelOf } from "../../kddi/cp932.ts";
import type { InboxEntry } from "../../kddi/views.ts";
import { type Html, html } from "./html.ts";

const meanings = {
  caution: "機種依存文字：端末によっては正しく表示されません",
  unsafe: "au の短い SMS では表示できない文字です",
} as const;

/** The text of an SMS as the handset shows it, with every character marked that another handset may not show. */
export function smsText({ text, original }: Pick<InboxEntry, "text" | "original">): Html {
  const sent = [...(original ?? text)];
  const shown = [...text];
  return html`${groups(sent, shown).map(({ kind, characters, instead }) => {
    if (kind === "safe") return linked(characters);
    const name = kind === "lost" ? `「${instead}」は au の端末に届く途中で失われました` : meanings[kind];
    return html`<mark class="${kind}" title="${name}">${characters}</mark>`;
  })}`;
}

interface Group {
  readonly kind: "safe" | "caution" | "unsafe" | "lost";
  characters: string;
  /** What was sent in the place of lost characters. */
  instead: string;
}

/** Neighbours of the same kind in one piece: a mark around each letter would break words and links. */
function groups(sent: readonly string[], shown: readonly string[]): readonly Group[] {
  const found: Group[] = [];
  sent.forEach((character, index) => {
    const seen = shown[index] ?? "";
    const kind = seen === character ? levelOf(character) : "lost";
    const last = found.at(-1);
    if (last?.kind === kind) {
      last.characters += seen;
      last.instead += character;
    } else {
      found.push({ kind, characters: seen, instead: character });
    }
  });
  return found;
}

/** Addresses as a handset makes them tappable; they open beside the page and tell nobody where from. */
export function linked(text: string): Html {
  const parts = text.split(/(https?:\/\/[!-~]+)/);
  return html`${parts.map((part, index) =>
    index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noopener noreferrer nofollow">${part}</a>` : part,
  )}`;
}
