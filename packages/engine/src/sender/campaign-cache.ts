import {
  type ClassRules,
  type DeliveryWindow,
  type PreparedContent,
  type ProviderRules,
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
  readonly prepared: PreparedContent;
  /** All must be open for its messages to go out. */
  readonly windows: readonly DeliveryWindow[];
}

/**
 * Campaigns by id, read from the ledger once. State is deliberately not cached: the claim reads it in the ledger, so
 * that pause and cancel act at once.
 */
export function createCampaignCache(deps: {
  ledger: Ledger;
  rules: ProviderRules;
  classRules: ClassRules;
  keep?: number;
}) {
  const entries = new Map<string, Promise<SendableCampaign>>();
  const keep = deps.keep ?? 500;

  const load = async (id: string): Promise<SendableCampaign> => {
    const campaign = await findCampaign(deps.ledger.sql, { id });
    if (!campaign) throw new UnsendableCampaignError(`campaign ${id} is not in the ledger`);
    const prepared = deps.rules.prepareContent(campaign.content);
    if ("issues" in prepared) {
      throw new UnsendableCampaignError(
        `campaign ${id} holds content that cannot be sent: ${prepared.issues.map((i) => `${i.path}: ${i.message}`).join("; ")}`,
      );
    }
    return { id, prepared, windows: windowsInForce(campaign, deps.classRules) };
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

export type CampaignCache = ReturnType<typeof createCampaignCache>;
