import { type InboundFilter, type Sql, streamInbound } from "@hikyaku/ledger";
import { csvHead, csvRow } from "@hikyaku/views";
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
  yield csvHead(columns);
  for await (const page of streamInbound(sql, filter)) {
    yield page
      .map((row) => inboundView(row, { showNumbers }))
      .map((row) => csvRow(columns, row))
      .join("");
  }
}
