import type { MessageRow } from "@hikyaku/ledger";
import { csvHead, csvRow } from "./csv-row.ts";
import { type MessageView, messageView } from "./message-view.ts";

/** `jsonl` is JSON Lines: one object a line. */
export const searchExportFormats = ["csv", "jsonl"] as const;
export type SearchExportFormat = (typeof searchExportFormats)[number];

/** What an export of the history says of each message, in this order, in both formats. */
export const searchExportColumns = [
  ...(["queuedAt", "route", "campaignId", "to", "state", "reason", "segments", "attempts", "round", "leg"] as const),
  ...(["channel", "providerMessageId", "providerRequestId"] as const),
  ...(["sendingAt", "acceptedAt", "sentAt", "deliveredAt", "displayedAt", "endedAt", "id", "firstLegId"] as const),
];

/**
 * Pages of messages as text, a piece a page: the command line's export and the HTTP API's. A page is asked for when the
 * one before was taken, so memory stays flat and a slow reader slows the reading.
 * @param shown how a message is shown; `messageView`, with its number in full, when left out
 */
export async function* writeSearch(
  pages: AsyncIterable<readonly MessageRow[]>,
  format: SearchExportFormat,
  shown: (message: MessageRow) => MessageView = messageView,
): AsyncGenerator<string, void, undefined> {
  if (format === "csv") yield csvHead(searchExportColumns);
  const write = format === "csv" ? (view: MessageView) => csvRow(searchExportColumns, view) : jsonLine;
  for await (const page of pages) yield page.map((message) => write(shown(message))).join("");
}

function jsonLine(view: MessageView): string {
  return `${JSON.stringify(Object.fromEntries(searchExportColumns.map((column) => [column, view[column]])))}\n`;
}
