import { type PreparedContent, type ProviderRules, windowsInForce } from "@hikyaku/core";
import { type CampaignRow, createCampaign, findCampaign, newId, type Sql } from "@hikyaku/ledger";
import { CampaignConflictError } from "../errors/campaign-errors.ts";
import { campaignLaw } from "../law/campaign-law.ts";
import { checkReservation } from "../law/check-reservation.ts";
import { bothLegs } from "../recipients/both-legs.ts";
import { type CheckedOptions, campaignHash, differences, isSamePolicy } from "../request/campaign-options.ts";
import { checkPlan } from "../request/fallback-fields.ts";
import { type SecondLegContent, secondLegOf, withSecondTemplate } from "../request/second-leg.ts";
import { validUntil } from "../request/validity.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { KnownRoute } from "../routes/route-book.ts";
import { withTemplate } from "../templates/with-template.ts";
import type { CampaignContext } from "./context.ts";

export interface Draft {
  campaign: CampaignRow;
  created: boolean;
  route: KnownRoute;
  prepared: PreparedContent;
  second: SecondLegContent | null;
}

/**
 * Creates the campaign, or finds the one that has the key and makes sure that it is the same.
 *
 * @throws UnknownRouteError, InvalidContentError, InvalidRequestError, CampaignConflictError
 */
export async function createDraft(context: CampaignContext, options: CheckedOptions): Promise<Draft> {
  const { sql, routes } = context;
  const route = await routes.find(options.route);
  const { rules } = route;
  const asked = prepareContent(rules, options.content);
  checkPlan(options.fallback, asked, options);
  // Over what was asked for: the copy of the template that is added below may be another one at the next call.
  const requestHash = campaignHash(options, asked);
  const known = await findCampaign(sql, { key: options.key });
  const ofSecond = options.fallback?.route === undefined ? route : await routes.find(options.fallback.route);
  const request = { options, asked, requestHash, rules, secondRules: ofSecond.rules };
  if (known) refuseOther(known, request);
  const prepared = known
    ? await preparedOf(sql, known, rules, asked)
    : await withTemplate(sql, { route: options.route, rules, prepared: asked });
  const follows = await secondLegOf(routes, known ? known.fallback : options.fallback, {
    ...{ route: options.route, rules, prepared },
  });
  const second = known?.importedAt ? follows : await withSecondTemplate(sql, follows);
  const { variables, content } = bothLegs({ rules, prepared }, second);
  const { campaign, created } = known
    ? { campaign: known, created: false }
    : await createCampaign(sql, {
        id: newId(),
        key: options.key,
        name: options.name,
        route: options.route,
        content: prepared.content,
        variables,
        requestHash,
        priority: options.priority,
        // Only of a new campaign: one that is known was right by the rules and at the time of its creation.
        ...rulesOf(content, prepared),
        startAt: options.startAt,
        onUnknown: options.onUnknown ?? route.onUnknown,
        fallback: second?.plan ?? options.fallback ?? null,
      });
  // Somebody else may have created it in the meantime.
  refuseOther(campaign, request);
  return { campaign, created, route, prepared, second };

  /** Class, window, validity and reservation. */
  function rulesOf(ofBoth: Pick<PreparedContent, "visibleTexts">, ofFirst: PreparedContent) {
    const { classRules } = route;
    const now = new Date();
    const from = options.startAt ?? now;
    const law = campaignLaw(options, { prepared: ofBoth, classRules, by: options.by ?? context.actor, now });
    const ends = validUntil(options, from);
    checkReservation({ prepared: ofFirst, windows: windowsInForce(law, classRules), from, validUntil: ends });
    return { ...law, validUntil: ends };
  }
}

interface AskedFor {
  options: CheckedOptions;
  asked: PreparedContent;
  requestHash: Buffer;
  rules: ProviderRules;
  secondRules: ProviderRules;
}

/** @throws CampaignConflictError when the campaign of this key is another one */
function refuseOther(campaign: CampaignRow, { options, asked, requestHash, rules, secondRules }: AskedFor): void {
  if (campaign.requestHash.equals(requestHash) && isSamePolicy(campaign, options)) return;
  const others = differences(campaign, { options, content: asked.content, rules, secondRules });
  throw new CampaignConflictError(options.key, campaign.id, others);
}

/** As the campaign says it, and checked against its template as long as there is something to import. */
async function preparedOf(sql: Sql, campaign: CampaignRow, rules: ProviderRules, asked: PreparedContent) {
  if (rules.templates === undefined) return asked;
  const prepared = prepareContent(rules, campaign.content);
  if (campaign.importedAt !== null) return prepared;
  return await withTemplate(sql, { route: campaign.route, rules, prepared });
}
