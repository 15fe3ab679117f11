import {
  areOpen,
  type ClassRules,
  type DeliveryWindow,
  deliveryWindowText,
  type PreparedContent,
  type RenderedMessage,
  windowsInForce,
} from "@hikyaku/core";
import type { ClaimedMessage } from "@hikyaku/ledger";
import { type CampaignCache, contentOf } from "./campaign-cache.ts";
import { notPosted } from "./not-posted.ts";
import type { ReadyMessage } from "./ready-message.ts";
import { type RecordDeps, recordOutcome } from "./record-outcome.ts";

export interface RenderDeps extends RecordDeps {
  readonly campaigns: CampaignCache;
  readonly classRules: ClassRules;
}

type Rendered = RenderedMessage | { issues: { path: string; message: string }[] };

/**
 * Renders what was claimed, in its order. What cannot be rendered is rejected here and costs no request; what has its
 * content not at hand goes back unharmed. Both are recorded when this resolves.
 */
export async function renderClaimed(
  deps: RenderDeps,
  claimed: readonly ClaimedMessage[],
  token: string,
): Promise<ReadyMessage[]> {
  const ready: ReadyMessage[] = [];
  for (const message of claimed) {
    let rendered: Rendered;
    let windows: readonly DeliveryWindow[];
    let requestKey = ownRequest(message);
    let reservedAt: Date | null = null;
    try {
      const sendable = await sendableOf(message, deps);
      const { prepared } = sendable;
      if ("requestKey" in prepared) requestKey = prepared.requestKey ?? requestKey;
      rendered = "issues" in prepared ? prepared : prepared.render(message.vars ?? []);
      windows = sendable.windows;
      if ("reservedAt" in prepared) reservedAt = prepared.reservedAt ?? null;
    } catch (err) {
      deps.log.error({ err, route: deps.route, messageId: message.id }, "content not at hand; the message goes back");
      await recordOutcome(deps, message, token, notPosted);
      continue;
    }
    if ("issues" in rendered) {
      const reason = rendered.issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
      await recordOutcome(deps, message, token, { kind: "rejected", reason: `not sent: ${reason}` });
      continue;
    }
    // Its window may have been made narrower since; what the carrier holds until then, no window of ours can stop.
    if (reservedAt !== null && !areOpen(windows, reservedAt)) {
      const at = reservedAt.toISOString();
      const reason = `not sent: content.reserve.time: ${at} is outside ${windows.map(deliveryWindowText).join(" and ")}`;
      await recordOutcome(deps, message, token, { kind: "rejected", reason });
      continue;
    }
    const outgoing = { id: message.id, recipient: message.recipient, payload: rendered.payload };
    ready.push({ message, windows, requestKey, reservedAt, outgoing });
  }
  return ready;
}

/** Where its content names no key: one campaign's leg, or the message alone. */
function ownRequest({ campaignId, leg, id }: ClaimedMessage): string {
  return campaignId ? `${campaignId} ${leg}` : id;
}

async function sendableOf(
  message: ClaimedMessage,
  deps: Pick<RenderDeps, "campaigns" | "rules" | "classRules">,
): Promise<{
  prepared: PreparedContent | { issues: { path: string; message: string }[] };
  windows: readonly DeliveryWindow[];
}> {
  const prepared = await contentOf(message, deps);
  if (message.campaignId) return { prepared, windows: (await deps.campaigns.get(message.campaignId)).windows };
  return { prepared, windows: windowsInForce({ ...message, deliveryWindow: null }, deps.classRules) };
}
