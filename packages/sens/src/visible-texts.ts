import { type Button, buttonLinks } from "./buttons.ts";
import type { FinishedMessage, TitledRow } from "./message.ts";

/**
 * The texts a recipient may read, each way in which they may arrive by itself: all of the AlimTalk, where its buttons lead included, and
 * the SMS that the carrier sends when that does not arrive. Of finished texts as of those with `#{name}` places.
 */
export function visibleTexts(
  message: FinishedMessage,
  sms: { subject?: string | undefined; text: string } | null,
): string[][] {
  const { text, title, headerContent, itemHighlight, item, buttons } = message;
  const alimtalk = [
    headerContent,
    ...rowTexts(itemHighlight),
    title,
    ...(item?.list.flatMap(rowTexts) ?? []),
    ...rowTexts(item?.summary),
    text,
    ...(buttons?.flatMap(buttonTexts) ?? []),
  ].filter((part) => part !== undefined);
  return sms === null ? [alimtalk] : [alimtalk, smsTexts(sms)];
}

/** The texts of an SMS, which is one way to arrive. */
export function smsTexts({ subject, text }: { subject?: string | undefined; text: string }): string[] {
  return subject === undefined ? [text] : [subject, text];
}

function rowTexts(row: TitledRow | undefined): string[] {
  return row === undefined ? [] : [row.title, row.description];
}

function buttonTexts(button: Button): string[] {
  return [button.name, ...buttonLinks.map((link) => button[link]).filter((link) => link !== undefined)];
}
