import { type Bubble, type PreviewButton, type PreviewCard, previewOf } from "../preview.ts";
import type { PlusPayload } from "./payload.ts";

/** A content with +Message as lines of text, for a terminal, a list or a sample. */
export function readableText(payload: PlusPayload): string {
  const { plus, sms } = previewOf(payload);
  const lines = plus === null ? [] : [...linesOf(plus.bubble), ...plus.chips.map(buttonLine)];
  return [`[+Message] ${lines.join("\n")}`, ...(sms === null ? [] : [`[SMS] ${sms.text}`])].join("\n\n");
}

function linesOf(bubble: Bubble): string[] {
  switch (bubble.kind) {
    case "text":
      return [bubble.text];
    case "file":
    case "audio":
      return [`${bubble.name} (${bubble.mime}, ${bubble.size} bytes)`, bubble.url];
    case "location":
      return [[bubble.label, bubble.position].filter((part) => part !== null).join(" ")];
    case "card":
      return cardLines(bubble.card);
    case "carousel":
      return bubble.cards.flatMap((card, index) => [`(${index + 1}/${bubble.cards.length})`, ...cardLines(card)]);
    default:
      return bubble satisfies never;
  }
}

function cardLines({ media, title, description, buttons }: PreviewCard): string[] {
  const parts = [title, description, media === null ? null : `<${media.mime}: ${media.description ?? media.url}>`];
  return [...parts.filter((part) => part !== null), ...buttons.map(buttonLine)];
}

function buttonLine({ label, target }: PreviewButton): string {
  return target === null ? `[${label}]` : `[${label}] → ${target}`;
}
