import type { ReservationView } from "@hikyaku/engine";
import { count, moment, momentIn } from "../output/format.ts";
import { drawPairs } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";

export function drawReservation(route: string, view: ReservationView, paint: Paint): string {
  const { reserveId, state, means, reservedAt, timeZone, cancelFault, createdAt, messages, campaigns } = view;
  return drawPairs(
    [
      ["reservation", reserveId],
      ["route", route],
      ["state", `${state}, ${means}`],
      ["reserved for", momentIn(reservedAt, timeZone)],
      ["made", moment(createdAt)],
      ["messages", count(messages)],
      ["campaigns", campaigns.map(({ key }) => key).join(", ") || "–"],
      ["cancel", cancelFault ?? "possible"],
    ],
    paint,
  );
}
