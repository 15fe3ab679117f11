import { randomBytes } from "node:crypto";
import type { SensSimulatorOptions } from "@hikyaku/simulator";

/** What the simulator's account and a route to it agree about. */
export const rehearsalChannel = { plusFriendId: "@demo_shop", smsNumber: "0200000000" };

/** A SENS for rehearsals: the simulator's example account, with keys of its own. */
export function rehearsalSens(
  options: SensSimulatorOptions = {},
): SensSimulatorOptions & { accessKey: string; secretKey: string } {
  return { accessKey: "simulator", secretKey: randomBytes(24).toString("base64url"), ...options };
}
