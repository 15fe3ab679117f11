import {
  type ContentIssue,
  type PreparedContent,
  type ProviderRules,
  prepareLeg,
  type SecondLegPlan,
  type TwoLegs,
  twoLegs,
} from "@hikyaku/core";
import type { CampaignRow, MessageRow, NewSecondLeg } from "@hikyaku/ledger";

/** What is to be said on both legs of a message, by the rules of the routes they go over. */
interface LegContents {
  /** The route of the second leg. */
  route: string;
  /** The channel the first leg takes whatever the carrier says; null when it is the carrier that chooses. */
  firstChannel: string | null;
  second: PreparedContent | { issues: ContentIssue[] };
  /** How the values of both are told apart; null where the second leg takes number and values of the first. */
  legs: TwoLegs | null;
}

/** Works out second legs: over which route, with how many billable parts, and why not, where that is so. */
export interface SecondLegContents {
  of(message: MessageRow, campaign: CampaignRow | null): { contentChannel: string | null; second: NewSecondLeg };
  /** Those of a campaign are kept ready until it is no longer among `campaigns`. */
  forgetAllBut(campaigns: readonly CampaignRow[]): void;
}

/** `rulesOf` answers null for a route that is not configured here. */
export function createSecondLegContents(deps: { rulesOf: (route: string) => ProviderRules | null }): SecondLegContents {
  const ofCampaigns = new Map<string, LegContents>();

  const prepare = (route: string, content: unknown, plan: SecondLegPlan): LegContents => {
    const secondRoute = plan.route ?? route;
    const rules = deps.rulesOf(secondRoute);
    const first = deps.rulesOf(route)?.prepareContent(content);
    const second = rules ? prepareLeg(rules, { leg: 2, content, plan }) : { issues: [noRoute(secondRoute)] };
    const isOfItsOwn = plan.content !== undefined || plan.route !== undefined || plan.recipientIn !== undefined;
    const canTell = isOfItsOwn && rules && first && !("issues" in first) && !("issues" in second);
    return {
      route: secondRoute,
      firstChannel: first && !("issues" in first) ? (first.channel ?? null) : null,
      second,
      legs: canTell ? twoLegs(first, second, { rules, ...plan }) : null,
    };
  };

  const contentsOf = (message: MessageRow, campaign: CampaignRow | null): LegContents => {
    if (!campaign) return prepare(message.route, message.content, message.fallback ?? noPlan);
    let known = ofCampaigns.get(campaign.id);
    if (!known) {
      known = prepare(campaign.route, campaign.content, campaign.fallback ?? noPlan);
      ofCampaigns.set(campaign.id, known);
    }
    return known;
  };

  return {
    of(message, campaign) {
      const { route, firstChannel, second, legs } = contentsOf(message, campaign);
      const given = message.vars ?? [];
      const vars = legs ? legs.secondValues(given) : given;
      const to = legs?.secondRecipient(message.recipient, given) ?? null;
      const rendered =
        "issues" in second ? second : to && !to.ok ? { issues: [noNumber(to.reason)] } : second.render(vars);
      const leg = {
        route,
        recipient: to?.ok ? to.recipient : null,
        vars: legs ? vars : null,
        content: "issues" in second || campaign ? null : second.content,
      };
      return {
        contentChannel: firstChannel,
        second:
          "issues" in rendered
            ? { ...leg, segments: 0, fault: faultOf(rendered.issues) }
            : { ...leg, segments: rendered.segments, fault: null },
      };
    },
    forgetAllBut(campaigns) {
      const present = new Set(campaigns.map(({ id }) => id));
      for (const id of ofCampaigns.keys()) if (!present.has(id)) ofCampaigns.delete(id);
    },
  };
}

/** Stands in where the ledger has none; nothing is begun then anyway. */
const noPlan: SecondLegPlan = { afterMs: 0, onUnknown: false, onRejected: false };

function noRoute(route: string): ContentIssue {
  return { path: "route", level: "error", code: "no-such-route", message: `${route} is not configured here` };
}

function noNumber(message: string): ContentIssue {
  return { path: "recipient", level: "error", code: "no-number", message };
}

function faultOf(issues: readonly ContentIssue[]): string {
  return `not sent: ${issues.map(({ path, message }) => `${path}: ${message}`).join("; ")}`;
}
