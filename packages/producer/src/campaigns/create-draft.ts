import type { PreparedContent, ProviderRules } from "@hikyaku/core";
import { type CampaignRow, createCampaign, findCampaign, newId } from "@hikyaku/ledger";
import { CampaignConflictError } from "../errors/campaign-errors.ts";
import { type CheckedOptions, campaignHash, differences } from "../request/campaign-options.ts";
import { checkPlan } from "../request/fallback-fields.ts";
import { validUntil } from "../request/validity.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { CampaignContext } from "./context.ts";

export interface Draft {
  campaign: CampaignRow;
  created: boolean;
  rules: ProviderRules;
  prepared: PreparedContent;
}

/**
 * Creates the campaign, or finds the one that has the key and makes sure that it is the same.
 *
 * @throws UnknownRouteError, InvalidContentError, InvalidRequestError, CampaignConflictError
 */
export async function createDraft({ sql, routes }: CampaignContext, options: CheckedOptions): Promise<Draft> {
  const { rules, onUnknown } = await routes.find(options.route);
  const prepared = prepareContent(rules, options.content);
  checkPlan(options.fallback, prepared, options);
  const requestHash = campaignHash(options, prepared);
  const known = await findCampaign(sql, { key: options.key });
  const { campaign, created } = known
    ? { campaign: known, created: false }
    : await createCampaign(sql, {
        id: newId(),
        key: options.key,
        name: options.name,
        route: options.route,
        content: prepared.content,
        variables: prepared.variables,
        requestHash,
        priority: options.priority,
        deliveryWindow: options.window,
        startAt: options.startAt,
        // Only of a new campaign: a repeated call comes when its validity may be over.
        validUntil: validUntil(options, options.startAt ?? new Date()),
        onUnknown: options.onUnknown ?? onUnknown,
        fallback: options.fallback ?? null,
      });
  if (!campaign.requestHash.equals(requestHash)) {
    throw new CampaignConflictError(options.key, campaign.id, differences(campaign, options, prepared));
  }
  return { campaign, created, rules, prepared };
}
