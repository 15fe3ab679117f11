import {
  type ClassRules,
  type ContentIssue,
  type DeliveryWindow,
  type PreparedContent,
  type ProviderRules,
  prepareLeg,
  windowsInForce,
} from "@hikyaku/core";
import { findCampaign, type Ledger } from "@hikyaku/ledger";

/** The campaign cannot be sent, now or later, until somebody mends it. */
export class UnsendableCampaignError extends Error {
  readonly code = "UNSENDABLE_CAMPAIGN";
  override readonly name = "UnsendableCampaignError";
}

/** The parts of a campaign that never change after its import began, ready for use. */
export interface SendableCampaign {
  readonly id: string;
  /** What its first or second legs say over this route. */
  contentOf(leg: number): PreparedContent | { issues: ContentIssue[] };
  /** All must be open for its messages to go out. */
  readonly windows: readonly DeliveryWindow[];
  /** What its messages may share a request by; that of its first legs, where it has any here. */
  readonly requestKey: string;
}

/**
 * Campaigns by id, read from the ledger once. State is deliberately not cached: the claim reads it in the ledger, so
 * that pause and cancel act at once.
 */
export function createCampaignCache(deps: {
  ledger: Ledger;
  route: string;
  rules: ProviderRules;
  classRules: ClassRules;
  keep?: number;
}) {
  const entries = new Map<string, Promise<SendableCampaign>>();
  const keep = deps.keep ?? 500;

  const load = async (id: string): Promise<SendableCampaign> => {
    const campaign = await findCampaign(deps.ledger.sql, { id });
    if (!campaign) throw new UnsendableCampaignError(`campaign ${id} is not in the ledger`);
    const { content, fallback: plan } = campaign;
    const windows = windowsInForce(campaign, deps.classRules);
    const second = plan ? prepareLeg(deps.rules, { leg: 2, content, plan }) : noSuchLeg;
    // Only its second legs come this way, and what they say is all that these rules can read.
    if (campaign.route !== deps.route) {
      const requestKey = keyOf(second) ?? id;
      return { id, contentOf: (leg) => (leg === 1 ? noSuchLeg : second), windows, requestKey };
    }
    const first = deps.rules.prepareContent(content);
    if ("issues" in first) {
      throw new UnsendableCampaignError(
        `campaign ${id} holds content that cannot be sent: ${first.issues.map((i) => `${i.path}: ${i.message}`).join("; ")}`,
      );
    }
    const requestKey = keyOf(first) ?? id;
    return { id, contentOf: (leg) => (leg === 1 ? first : second), windows, requestKey };
  };

  return {
    get(id: string): Promise<SendableCampaign> {
      const known = entries.get(id);
      if (known) return known;
      const loading = load(id);
      entries.set(id, loading);
      // A failed load is not remembered: the ledger may just have been away.
      loading.catch(() => entries.delete(id));
      if (entries.size > keep) {
        const oldest = entries.keys().next().value;
        if (oldest !== undefined) entries.delete(oldest);
      }
      return loading;
    },
  };
}

/** What one message says: its campaign's leg, or its own content. */
export async function contentOf(
  message: { campaignId: string | null; leg: number; content: unknown },
  deps: { campaigns: CampaignCache; rules: ProviderRules },
): Promise<PreparedContent | { issues: ContentIssue[] }> {
  if (message.campaignId) return (await deps.campaigns.get(message.campaignId)).contentOf(message.leg);
  return deps.rules.prepareContent(message.content);
}

function keyOf(content: PreparedContent | { issues: ContentIssue[] }): string | undefined {
  return "issues" in content ? undefined : content.requestKey;
}

const noSuchLeg: { issues: ContentIssue[] } = {
  issues: [
    { path: "content", level: "error", code: "no-such-leg", message: "the campaign sends no such leg over this route" },
  ],
};

export type CampaignCache = ReturnType<typeof createCampaignCache>;
