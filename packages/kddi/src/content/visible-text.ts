import type { PlusPreview, PreviewButton, PreviewCard } from "../preview.ts";

/** A text that a recipient can read, as its author wrote it. */
export interface VisibleText {
  /** e.g. `content.card.title` */
  path: string;
  /** Each part reaches its reader without the other. */
  part: "rcs" | "sms";
  /** `url` is an address that a tap on a button opens; it is not shown itself. */
  kind: "text" | "button" | "url";
  text: string;
}

/** One list for each part there is, +Message before SMS. */
export function textsByPart(texts: readonly VisibleText[]): string[][] {
  const parts = (["rcs", "sms"] as const).map((part) => texts.filter((each) => each.part === part));
  return parts.filter((part) => part.length > 0).map((part) => part.map(({ text }) => text));
}

/** The finished texts of a +Message, where its buttons lead included. */
export function textsOfPreview({ bubble, chips }: PlusPreview): string[] {
  switch (bubble.kind) {
    case "text":
      return [bubble.text, ...chips.flatMap(buttonTexts)];
    case "card":
      return [...cardTexts(bubble.card), ...chips.flatMap(buttonTexts)];
    case "carousel":
      return [...bubble.cards.flatMap(cardTexts), ...chips.flatMap(buttonTexts)];
    case "location":
      return [bubble.label ?? "", ...chips.flatMap(buttonTexts)].filter((text) => text !== "");
    case "file":
    case "audio":
      return chips.flatMap(buttonTexts);
    default:
      return bubble satisfies never;
  }
}

function cardTexts({ title, description, buttons }: PreviewCard): string[] {
  return [...[title, description].filter((text) => text !== null), ...buttons.flatMap(buttonTexts)];
}

function buttonTexts({ label, action, target }: PreviewButton): string[] {
  return action === "url" && target !== null ? [label, target] : [label];
}
