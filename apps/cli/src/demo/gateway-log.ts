import type { Simulator } from "@hikyaku/simulator";
import type { GatewaySide } from "./check-promises.ts";

/** The simulator's record of accepted messages, as far as it is compared. */
export function gatewayLog(simulator: Simulator): GatewaySide[] {
  return simulator.messages().map(({ to, state, changes }) => ({
    to,
    state,
    isSilent: changes.length > 0 && changes.at(-1)?.notification !== "notified",
  }));
}
