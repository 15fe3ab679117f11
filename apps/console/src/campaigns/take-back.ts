import type { TakenBack } from "@hikyaku/engine";
import type { CampaignRow } from "@hikyaku/ledger";
import type { CancelResult } from "@hikyaku/producer";
import type { ConsoleDeps } from "../console-deps.ts";
import { Problem } from "../problems/problem.ts";
import { askRoute, configuredRoute } from "../questions/ask-route.ts";

export interface TakeBackInput extends Pick<CancelResult, "reserved" | "inFlight" | "unknown"> {
  /** Who, for the audit. */
  by: string;
  signal: AbortSignal;
}

/**
 * Takes back what the carrier holds of a campaign that is cancelled. What comes in the way is answered and not thrown: the campaign is
 * cancelled all the same, and whoever asked must learn that.
 */
export async function takeBack(
  deps: ConsoleDeps,
  { id: campaignId, route }: Pick<CampaignRow, "id" | "route">,
  { reserved, inFlight, unknown, by, signal }: TakeBackInput,
): Promise<Omit<TakenBack, "fault"> & { fault: string | null }> {
  const nothing = { cancelled: 0, revoked: 0, left: [] };
  // What is in flight may become one at this moment; what is unknown may be one.
  if (reserved === null || reserved.messages + inFlight + unknown === 0) return { ...nothing, fault: null };
  try {
    const { fault, ...taken } = await askRoute(
      deps,
      configuredRoute(deps, route),
      (questions) => questions.takeBackReservations({ campaignId, by, signal }),
      { fullRate: true },
    );
    return { ...taken, fault: fault?.message ?? null };
  } catch (error) {
    if (error instanceof Problem) return { ...nothing, fault: error.message };
    throw error;
  }
}
