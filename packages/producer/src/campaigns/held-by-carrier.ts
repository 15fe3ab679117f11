import type { CampaignRow } from "@hikyaku/ledger";
import type { HeldByCarrier } from "../producer.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { RouteBook } from "../routes/route-book.ts";

/**
 * What the carrier holds of a campaign that is cancelled: all of a reserved campaign that was accepted, until its time. From the content and
 * the counters, so that neither the carrier nor a single message is asked.
 */
export async function heldByCarrier(
  routes: RouteBook,
  { route, content }: Pick<CampaignRow, "route" | "content">,
  accepted: number,
): Promise<HeldByCarrier | null> {
  try {
    const { rules } = await routes.find(route);
    const { reservedAt = null, cancellableUntil = null } = prepareContent(rules, content);
    return reservedAt === null || reservedAt <= new Date()
      ? null
      : { messages: accepted, reservedAt, cancellableUntil };
  } catch {
    // The campaign is cancelled, whatever can be told of it: its carrier or its content may be none that this version knows.
    return null;
  }
}
