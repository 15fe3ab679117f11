import type { HoldCause } from "@hikyaku/core";
import type { OnUnknown } from "../campaigns/campaign-row.ts";

/** A route as the running system sees it. Held when `heldAt` is set. */
export interface RouteRow {
  name: string;
  provider: string;
  settings: Record<string, unknown>;
  /** What its campaigns do with unknown outcomes where they don't say. */
  onUnknown: OnUnknown;
  /** As published; `readClassRules` reads it. */
  classRules: Record<string, unknown>;
  /** Under which name the carrier counts its messages. */
  account: string | null;
  heldCause: HoldCause | null;
  heldReason: string | null;
  heldAt: Date | null;
  /** When the next single message may try whether the hold is over. */
  probeAt: Date | null;
  probeCount: number;
}
