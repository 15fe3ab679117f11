import type { Button } from "./buttons.ts";

/** What `channel` says of every AlimTalk. */
export const alimtalk = "alimtalk";

export interface TitledRow {
  title: string;
  description: string;
}

/** An AlimTalk with its values in place, by the content's names. */
export interface FinishedMessage {
  text: string;
  title?: string | undefined;
  headerContent?: string | undefined;
  itemHighlight?: TitledRow | undefined;
  item?: { list: TitledRow[]; summary?: TitledRow | undefined } | undefined;
  buttons?: Button[] | undefined;
}

/** What the recipient reads, from top to bottom, as in KakaoTalk. */
export function previewOf({ text, title, headerContent, itemHighlight, item, buttons }: FinishedMessage): string {
  const rows = (list: readonly TitledRow[]) => list.map((row) => `${row.title}  ${row.description}`).join("\n");
  return [
    headerContent,
    itemHighlight === undefined ? undefined : `${itemHighlight.title}\n${itemHighlight.description}`,
    title,
    item === undefined ? undefined : rows(item.list),
    item?.summary === undefined ? undefined : rows([item.summary]),
    text,
    buttons?.map(({ name }) => `[ ${name} ]`).join("\n"),
  ]
    .filter((part) => part !== undefined && part !== "")
    .join("\n\n");
}
