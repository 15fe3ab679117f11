import type { MessageRow } from "@hikyaku/ledger";
import { paintState } from "../campaigns/draw-report.ts";
import { moment } from "../output/format.ts";
import { drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import { shownNumber } from "./shown-message.ts";

/** Messages as a table. */
export function drawMessages(
  messages: readonly MessageRow[],
  { showNumbers }: { showNumbers: boolean },
  paint: Paint,
): string {
  if (messages.length === 0) return "No messages.\n";
  const hasSecond = messages.some(({ leg }) => leg === 2);
  return drawTable(
    [
      { header: "ID" },
      { header: "LINE", align: "right" },
      { header: "TO" },
      ...(hasSecond ? [{ header: "LEG", align: "right" } as const] : []),
      { header: "STATE" },
      { header: "QUEUED" },
      { header: "ACCEPTED" },
      { header: "ENDED" },
      { header: "REASON", maxWidth: 60 },
    ],
    messages.map((message) => [
      message.id,
      message.line === null ? "" : String(message.line),
      shownNumber(message.recipient, showNumbers),
      ...(hasSecond ? [String(message.leg)] : []),
      paintState(message.state, paint),
      moment(message.queuedAt),
      moment(message.acceptedAt),
      moment(message.endedAt),
      message.reason ?? "",
    ]),
    paint,
  );
}
