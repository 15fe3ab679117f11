import type { EventRow } from "@hikyaku/ledger";
import { paintState } from "../campaigns/draw-report.ts";
import { shownNumber } from "../messages/shown-message.ts";
import { moment } from "../output/format.ts";
import { drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";

/** An event as `--json` prints it: the fields of the HTTP API, the number masked unless it is asked for. */
export function eventView<Event extends EventRow>(event: Event, { showNumbers }: { showNumbers: boolean }): Event {
  return { ...event, recipient: event.recipient === null ? null : shownNumber(event.recipient, showNumbers) };
}

/** Events as a table. */
export function drawEvents(
  events: readonly EventRow[],
  { showNumbers }: { showNumbers: boolean },
  paint: Paint,
): string {
  if (events.length === 0) return "No events.\n";
  return drawTable(
    [
      { header: "ID" },
      { header: "AT" },
      { header: "TYPE" },
      { header: "ROUTE", maxWidth: 20 },
      { header: "ABOUT" },
      { header: "STATE" },
      { header: "TRIES", align: "right" },
      { header: "NEXT" },
      { header: "LAST ANSWER", maxWidth: 50 },
    ],
    events.map((event) => [
      ...[event.id, moment(event.at), event.type, event.route, eventView(event, { showNumbers }).recipient ?? "–"],
      paintEventState(event.state, paint),
      String(event.attempts),
      event.state === "pending" ? moment(event.dueAt) : "",
      event.error ?? (event.httpStatus === null ? "" : String(event.httpStatus)),
    ]),
    paint,
  );
}

export function paintEventState(state: EventRow["state"], paint: Paint): string {
  return state === "pending" ? paint.yellow(state) : paintState(state, paint);
}
