import { writeCell } from "@hikyaku/core";
import { type MessageFilter, type Sql, streamSearch } from "@hikyaku/ledger";
import { shownMessage } from "./shown-message.ts";

const columns = [
  ...(["queuedAt", "route", "campaignId", "to", "state", "reason", "segments", "attempts", "round", "leg"] as const),
  ...(["channel", "providerMessageId", "providerRequestId"] as const),
  ...(["sendingAt", "acceptedAt", "sentAt", "deliveredAt", "displayedAt", "endedAt", "id", "firstLegId"] as const),
];

/** Every message a filter finds as a CSV with byte order mark, piece by piece. Memory stays flat. */
export async function* exportSearch(
  sql: Sql,
  filter: MessageFilter,
  { showNumbers }: { showNumbers: boolean },
): AsyncGenerator<string> {
  yield `\ufeff${columns.join(",")}\r\n`;
  for await (const page of streamSearch(sql, filter)) {
    yield page
      .map((message) => shownMessage(message, { showNumbers }))
      .map((view) => `${columns.map((column) => writeCell(cellOf(view[column]))).join(",")}\r\n`)
      .join("");
  }
}

function cellOf(value: string | number | Date | null): string {
  if (value === null) return "";
  return value instanceof Date ? value.toISOString() : String(value);
}
