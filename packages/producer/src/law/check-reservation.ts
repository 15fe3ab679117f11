import {
  areOpen,
  type DeliveryWindow,
  deliveryWindowText,
  mayGoOutFrom,
  nextCommonOpening,
  type PreparedContent,
} from "@hikyaku/core";
import type { Fault } from "../errors/hikyaku-error.ts";
import { InvalidContentError } from "../errors/request-errors.ts";

export interface ReservationCheckInput {
  prepared: Pick<PreparedContent, "reservedAt" | "reserveFault">;
  /** All must be open when it goes out, and when it is handed to the carrier. */
  windows: readonly DeliveryWindow[];
  /** When its sending begins. */
  from: Date;
  validUntil: Date | null;
}

const path = "content.reserve.time";

/**
 * Whether the carrier would take a reservation when it gets it, and whether it goes out at a time when it may. The dispatch asks both again,
 * as time passes between.
 *
 * @throws InvalidContentError
 */
export function checkReservation({ prepared, windows, from, validUntil }: ReservationCheckInput): void {
  const { reservedAt = null } = prepared;
  if (reservedAt === null) return;
  const faults: Fault[] = [];
  const handedOverAt = mayGoOutFrom(windows, from) ?? from;
  const issue = prepared.reserveFault?.(handedOverAt) ?? null;
  if (issue !== null) {
    const isLater = prepared.reserveFault?.(new Date()) === null;
    const when = `; it reaches the carrier at ${handedOverAt.toISOString()}, when its sending may begin`;
    faults.push({ path: issue.path, code: issue.code, message: `${issue.message}${isLater ? when : ""}` });
  }
  if (!areOpen(windows, reservedAt)) {
    const next = nextCommonOpening(windows, reservedAt);
    const mend = next === null ? "choose another time" : `choose another time, from ${next.toISOString()} on`;
    const named = windows.map(deliveryWindowText).join(" and ");
    const message = `${reservedAt.toISOString()} is outside ${named}, in which this may go out; ${mend}`;
    faults.push({ path, code: "reserve-outside-window", message });
  }
  if (validUntil !== null && validUntil <= reservedAt) {
    const message = `${reservedAt.toISOString()} is not before the end of its validity (${validUntil.toISOString()}), and what is reserved can't expire; choose an earlier time, or a longer validity`;
    faults.push({ path, code: "reserve-after-validity", message });
  }
  if (faults.length > 0) throw new InvalidContentError(faults);
}
