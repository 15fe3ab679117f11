import { writeCell } from "@hikyaku/core";
import { type InboundFilter, type InboundRow, type Sql, streamInbound } from "@hikyaku/ledger";
import { inboundView } from "./inbound-view.ts";

const columns = [
  ...(["at", "receivedAt", "recipient", "route", "event", "text", "displayText", "postbackData", "button"] as const),
  ...(["smsNumber", "attachment", "deviceSpecifics", "wordKind", "word"] as const),
  ...(["messageId", "campaignId", "linkedBy", "id"] as const),
];

/** Everything a filter finds as a CSV with byte order mark, piece by piece. Memory stays flat. */
export async function* exportInbound(
  sql: Sql,
  filter: InboundFilter,
  { showNumbers }: { showNumbers: boolean },
): AsyncGenerator<string> {
  yield `\ufeff${columns.join(",")}\r\n`;
  for await (const page of streamInbound(sql, filter)) {
    yield page
      .map((row) => inboundView(row, { showNumbers }))
      .map((row) => `${columns.map((column) => writeCell(cellOf(row[column]))).join(",")}\r\n`)
      .join("");
  }
}

function cellOf(value: InboundRow[(typeof columns)[number]]): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : value;
}
