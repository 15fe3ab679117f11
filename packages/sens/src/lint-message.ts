import type { ContentIssue } from "@hikyaku/core";
import { type ButtonLink, buttonKinds, isWebLink, maxButtonName, maxLink } from "./buttons.ts";
import { eucKrBytes } from "./euc-kr.ts";
import type { FinishedMessage, TitledRow } from "./message.ts";

/** Longest parts of a message, in characters (code points), after substitution (protocol notes §9.4, §17). */
export const longest = {
  text: 1_000,
  /** Beside an item list. */
  textWithItems: 700,
  /** About 40 characters of the 1,000 go to the fixed sentence of a message that adds a channel. */
  textWithAddChannel: 960,
  title: 50,
  headerContent: 16,
  highlightTitle: 30,
  highlightDescription: 19,
  itemTitle: 6,
  itemDescription: 23,
  summaryTitle: 6,
  summaryDescription: 14,
} as const;

/** Amounts only: digits, comma, point, space, currency signs and ISO 4217 codes (protocol notes §9.4; Kakao 3040). */
const summaryPattern = /^(?:\p{Sc}|[A-Z]{3}|[元円원\d,. ])+$/u;

/** Everything that makes the carrier or Kakao refuse or cut a finished message, in one list. */
export function lintMessage(message: FinishedMessage): ContentIssue[] {
  const issues: ContentIssue[] = [];
  const add = (level: ContentIssue["level"], path: string, code: string, what: string) =>
    issues.push({ path: `content.${path}`, level, code, message: what });
  const part = (path: string, text: string, most: number) => {
    if (text.trim() === "") add("error", path, "blank", "is empty; write something or remove it");
    const count = countCharacters(text);
    if (count > most) add("error", path, "too-long", `${count} characters, the maximum is ${most}; shorten it`);
    if (!text.isWellFormed()) {
      add(
        "error",
        path,
        "broken-character",
        "holds half of a surrogate pair; it was cut inside an emoji, restore or remove it",
      );
    }
    if (/#\{[^{}]+\}/u.test(text)) {
      add("error", path, "variable-left", "a variable is left in the finished text: a value holds #{…}; take it out");
    }
  };
  const row = (path: string, { title, description }: TitledRow, mostTitle: number, mostDescription: number) => {
    part(`${path}.title`, title, mostTitle);
    part(`${path}.description`, description, mostDescription);
  };

  const { text, title, headerContent, itemHighlight, item, buttons = [] } = message;
  part("text", text, item === undefined ? longest.text : longest.textWithItems);
  if (buttons.some(({ type }) => type === "AC") && countCharacters(text) > longest.textWithAddChannel) {
    const what = `beside the sentence that adds the channel there may be room for only ${longest.textWithAddChannel} characters`;
    add("warning", "text", "long-with-add-channel", what);
  }
  if (title !== undefined) part("title", title, longest.title);
  if (headerContent !== undefined) {
    part("headerContent", headerContent, longest.headerContent);
    // SENS says 16 bytes, Kakao 16 characters (protocol notes §17).
    if (eucKrBytes(headerContent) > longest.headerContent && countCharacters(headerContent) <= longest.headerContent) {
      add(
        "warning",
        "headerContent",
        "header-bytes",
        "more than 16 bytes, i.e. more than 8 Hangul: SENS may refuse it",
      );
    }
  }
  if (itemHighlight !== undefined) {
    row("itemHighlight", itemHighlight, longest.highlightTitle, longest.highlightDescription);
  }
  for (const [index, each] of (item?.list ?? []).entries()) {
    row(`item.list[${index}]`, each, longest.itemTitle, longest.itemDescription);
  }
  if (item?.summary !== undefined) {
    row("item.summary", item.summary, longest.summaryTitle, longest.summaryDescription);
    if (!summaryPattern.test(item.summary.description)) {
      const what = "only amounts may stand here: digits, comma, point, space, currency signs and codes";
      add("error", "item.summary.description", "summary-characters", what);
    }
  }
  for (const [index, button] of buttons.entries()) {
    const path = `buttons[${index}]`;
    part(`${path}.name`, button.name, maxButtonName);
    for (const link of buttonKinds[button.type].links as readonly ButtonLink[]) {
      const address = button[link] ?? "";
      part(`${path}.${link}`, address, maxLink);
      if (button.type === "WL" && !isWebLink(address)) {
        add("error", `${path}.${link}`, "link-scheme", "must begin with http:// or https:// and hold no space");
      }
    }
  }
  return issues;
}

/** Characters as Unicode code points: an emoji counts 1, a line break 1 (protocol notes §9.4). */
export function countCharacters(text: string): number {
  // Nearly every text has no surrogates; then its length is the answer.
  if (!/[\ud800-\udfff]/.test(text)) return text.length;
  return [...text].length;
}
