import { type Sql, streamMessages } from "@hikyaku/ledger";
import { csvHead, csvRow } from "@hikyaku/views";
import { shownMessage } from "../messages/shown-message.ts";

export interface ExportInput {
  sql: Sql;
  campaignId: string;
  format: "csv" | "json";
  showNumbers: boolean;
}

const columns = [
  ...(["line", "to", "state", "reason", "segments", "attempts", "round", "channel", "providerMessageId"] as const),
  ...(["queuedAt", "sendingAt", "acceptedAt", "sentAt", "deliveredAt", "displayedAt", "endedAt", "id"] as const),
  ...(["leg", "firstLegId"] as const),
];

/** Every message of a campaign as text, piece by piece: a CSV with byte order mark, or one JSON array. Memory stays flat. */
export async function* exportMessages({ sql, campaignId, format, showNumbers }: ExportInput): AsyncGenerator<string> {
  if (format === "csv") yield csvHead(columns);
  let isFirst = true;
  for await (const page of streamMessages(sql, { campaignId })) {
    let text = "";
    for (const message of page) {
      const view = shownMessage(message, { showNumbers });
      if (format === "csv") {
        text += csvRow(columns, view);
      } else {
        text += `${isFirst ? "[\n" : ",\n"}${JSON.stringify(view)}`;
      }
      isFirst = false;
    }
    yield text;
  }
  if (format === "json") yield isFirst ? "[]\n" : "\n]\n";
}
