import type { CampaignState, DeliveryWindow, MessageClass, RecordedOverride } from "@hikyaku/core";
import {
  type CampaignCounts,
  type CampaignRow,
  findCampaign,
  importTotals,
  legCounts,
  listRejections,
  type Sql,
} from "@hikyaku/ledger";
import { CampaignNotFoundError } from "../errors/campaign-errors.ts";
import type { RejectedRow } from "../recipients/rejected-row.ts";
import type { ImportWarning } from "../recipients/warning-tally.ts";

/** Rejections that stand in a result. */
export const rejectionsShown = 100;

/** What is true of a campaign whatever it is asked for. */
export interface CampaignFacts {
  id: string;
  key: string;
  name: string;
  route: string;
  state: CampaignState;
  /** What it is for; null for one from before there were classes. */
  class: MessageClass | null;
  /** Its own delivery window; null leaves it to its class. */
  window: DeliveryWindow | null;
  /** Rules that were set aside for it, by whom and why. */
  overrides: RecordedOverride[];
  /** Rows that can't be messaged, without the duplicates. */
  rejected: number;
  /** Rows left out because an earlier one has the same number. */
  duplicates: number;
  /** When it starts or started; null when nobody has started it yet. */
  startAt: Date | null;
  validUntil: Date | null;
}

/** Where a campaign stands. */
export interface CampaignStatus extends CampaignFacts {
  /** Why it is paused, while it is. */
  pauseReason: string | null;
  /** Messages by state, from counters: cheap at any size. Those of first legs, which are the recipients. */
  counts: CampaignCounts;
  /** The same of second legs, see `fallbackAfter`; null when there are none. */
  secondLegs: CampaignCounts | null;
}

/** A campaign that was told to start or to go on. */
export interface StartedCampaign extends CampaignStatus {
  /** What the comparison with its templates has to say, such as that the carrier could not be asked. */
  warnings: ImportWarning[];
}

/** What an import came to. */
export interface CampaignResult extends CampaignFacts {
  /** True when this call created the campaign, false when the key was known already. */
  created: boolean;
  /** Rows of the source that are messages now, the suppressed ones included. */
  recipients: number;
  /** Recipients that are on the suppression list and get nothing. */
  suppressed: number;
  /** Billable parts of all recipients that are not suppressed. */
  segments: number;
  /** The first 100 rejected rows, duplicates included. */
  rejections: RejectedRow[];
  /** Each kind of warning once. After a resumed import only of the rows this call checked. */
  warnings: ImportWarning[];
}

export async function campaignResult(
  sql: Sql,
  campaignId: string,
  { created = false, warnings = [] }: { created?: boolean; warnings?: ImportWarning[] } = {},
): Promise<CampaignResult> {
  const [campaign, totals, rejections] = await Promise.all([
    findCampaign(sql, { id: campaignId }),
    importTotals(sql, { campaignId }),
    listRejections(sql, { campaignId, limit: rejectionsShown }),
  ]);
  if (!campaign) throw new CampaignNotFoundError({ id: campaignId });
  return { ...factsOf(campaign), created, ...totals, rejections: [...rejections], warnings };
}

export async function campaignStatus(sql: Sql, campaign: CampaignRow): Promise<CampaignStatus> {
  return { ...factsOf(campaign), pauseReason: campaign.pauseReason, ...(await legCounts(sql, campaign)) };
}

export function factsOf(campaign: CampaignRow): CampaignFacts {
  const { id, key, name, route, state, startAt, validUntil, overrides } = campaign;
  return {
    ...{ id, key, name, route, state, startAt, validUntil, overrides },
    class: campaign.class,
    window: campaign.deliveryWindow,
    rejected: campaign.rejectedRows,
    duplicates: campaign.duplicateRows,
  };
}
