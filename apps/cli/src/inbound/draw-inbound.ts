import type { InboundRow } from "@hikyaku/ledger";
import { moment } from "../output/format.ts";
import { drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import { inboundView, saidText } from "./inbound-view.ts";

/** What end users did, as a table. */
export function drawInbound(
  rows: readonly InboundRow[],
  { showNumbers }: { showNumbers: boolean },
  paint: Paint,
): string {
  if (rows.length === 0) return "Nobody answered.\n";
  return drawTable(
    [
      { header: "ID" },
      { header: "AT" },
      { header: "FROM" },
      { header: "ROUTE", maxWidth: 20 },
      { header: "EVENT" },
      { header: "SAID", maxWidth: 40 },
      { header: "WORD" },
      { header: "ANSWERS" },
    ],
    rows.map((row) => [
      ...[row.id, moment(row.at), inboundView(row, { showNumbers }).recipient ?? "–", row.route, row.event],
      saidText(row),
      row.wordKind === null ? "" : row.wordKind === "opt-out" ? paint.yellow("opt-out") : paint.green("opt-in"),
      row.messageId ?? "–",
    ]),
    paint,
  );
}
