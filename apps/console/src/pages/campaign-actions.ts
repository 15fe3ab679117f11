import { type CampaignState, rulesOfRoute } from "@hikyaku/core";
import type { CampaignCounts, CampaignRow, LegCounts } from "@hikyaku/ledger";
import { type ImportWarning, templateCopyCounts } from "@hikyaku/producer";
import type { FastifyInstance } from "fastify";
import { findByName, showCampaign } from "../api/campaigns/find-by-name.ts";
import { retryFailedCampaign } from "../campaigns/retry-failed-campaign.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { Problem } from "../problems/problem.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { number, plural } from "./words.ts";

/** Something a person may do to a campaign: offered, explained with exact numbers, confirmed, done. */
interface Action {
  button: string;
  /** Cannot be taken back. */
  dangerous?: boolean;
  isOffered(campaign: CampaignRow, counts: CampaignCounts): boolean;
  /** What it will do, before it is done. */
  explain(campaign: CampaignRow, counts: CampaignCounts, deps: ConsoleDeps): Html;
  /** @returns what it was done in spite of */
  run(deps: ConsoleDeps, campaign: CampaignRow, user: string): Promise<readonly ImportWarning[]>;
  /** What is said afterwards, above numbers that speak for themselves. */
  done: string;
}

const isIn =
  (...states: CampaignState[]) =>
  ({ state }: CampaignRow) =>
    states.includes(state);

const actions = {
  start: {
    button: "Start",
    isOffered: isIn("ready"),
    explain: ({ route }, counts) =>
      html`<p>${plural(counts.queued, "message")} will go out over <b>${route}</b>, as fast as the route may.</p>`,
    // A time set for later is overruled; otherwise the ledger's own clock says when now is.
    run: async ({ producer }, { id, startAt }) =>
      (await producer.startCampaign({ id }, startAt ? { startAt: new Date() } : {})).warnings,
    done: "Started.",
  },
  pause: {
    button: "Pause",
    isOffered: isIn("running"),
    explain: (_, counts) =>
      html`<p>Nothing more goes out until it is resumed. ${number(counts.queued)} are left to send; ${number(counts.sending)} are at the gateway at this moment and will finish. Receipts still come in.</p>`,
    run: async ({ producer }, { id }, user) => {
      await producer.pauseCampaign({ id }, { reason: `paused by ${user}` });
      return [];
    },
    done: "Paused. Nothing more goes out until it is resumed.",
  },
  resume: {
    button: "Resume",
    isOffered: isIn("paused"),
    explain: ({ pauseReason }, counts) =>
      html`<p>It was paused because: ${pauseReason ?? "no reason given"}.</p><p>The ${plural(counts.queued, "message")} left to send go out.</p>`,
    run: async ({ producer }, { id }) => (await producer.resumeCampaign({ id })).warnings,
    done: "Resumed.",
  },
  "retry-failed": {
    button: "Send again to failed",
    isOffered: (campaign, counts) => isIn("running", "paused", "dispatched", "finished")(campaign) && counts.failed > 0,
    explain: (_, counts) =>
      html`<p>A new round for those whose newest message failed: at most ${number(counts.failed)}, fewer if some were sent again before, or were or may be reached by their second leg. Each is a message to the same recipient, and is billed. The old ones stay as history.</p>`,
    run: async (deps, campaign) => {
      await retryFailedCampaign(deps, campaign);
      return [];
    },
    done: "Those it had failed for are queued again.",
  },
  cancel: {
    button: "Cancel for good",
    dangerous: true,
    isOffered: (campaign) => !isIn("finished", "cancelled")(campaign),
    explain: (campaign, counts, deps) =>
      html`<p><b>This cannot be undone.</b> ${plural(counts.queued, "message")} will never be sent. ${number(counts.sending)} are at the gateway at this moment; what has gone out cannot be called back.</p>${ofUnknownOutcome(counts)}${held(deps, campaign, counts)}<p>To stop for a while, pause it instead.</p>`,
    run: async ({ producer }, { id }) => {
      await producer.cancelCampaign({ id });
      return [];
    },
    done: "Cancelled. Nothing more goes out.",
  },
} as const satisfies Record<string, Action>;

type ActionName = keyof typeof actions;

/** No cancel touches them; afterwards they are not sent again, only closed. */
function ofUnknownOutcome({ unknown }: CampaignCounts): Html | null {
  if (unknown === 0) return null;
  return html`<p>${plural(unknown, "message")} of unknown outcome may have gone out. They stay so until a late receipt tells; once the campaign is cancelled they can only be closed, not sent again.</p>`;
}

/** What the carrier holds until a time goes out all the same, unless it is taken back. */
function held({ config, findProvider }: ConsoleDeps, campaign: CampaignRow, { accepted }: CampaignCounts): Html | null {
  const route = config.routes[campaign.route];
  if (route === undefined || accepted === 0) return null;
  const prepared = rulesOfRoute(findProvider(route.provider), route.settings).prepareContent(campaign.content);
  const reservedAt = "issues" in prepared ? null : (prepared.reservedAt ?? null);
  if (reservedAt === null || reservedAt <= new Date()) return null;
  return html`<p><b>The carrier holds ${plural(accepted, "message")}</b> in reservations for ${reservedAt.toISOString()} and sends them all the same. They are taken back by <code>hikyaku campaign cancel ${campaign.key} --reservations</code>.</p>`;
}

/** Links to the confirmation of everything that can be done now. */
export function actionsFor(campaign: CampaignRow, { counts, secondLegs }: LegCounts): Html[] {
  const links = Object.entries<Action>(actions)
    .filter(([, action]) => action.isOffered(campaign, counts))
    .map(([name, { button, dangerous }]) => {
      return html`<a class="button${dangerous && " last quiet-danger"}" href="/campaigns/${campaign.id}/${name}">${button}</a>`;
    });
  const unknown = counts.unknown + (secondLegs?.unknown ?? 0);
  if (unknown > 0) {
    links.unshift(
      html`<a class="button" href="/unknown?campaign=${campaign.id}">Decide on ${number(unknown)} unknown</a>`,
    );
  }
  return links;
}

/** What is said above a campaign after something was done to it, as {@link campaignActionPages} leads there. */
export function noticeOf({ notice: name, warned }: { notice?: string; warned?: string }): Html | null {
  if (name === undefined || !Object.hasOwn(actions, name)) return null;
  const done = html`<p class="alert good">${actions[name as ActionName].done}</p>`;
  if (warned !== templateCopyCounts) return done;
  return html`${done}<p class="alert warn">The carrier's templates could not be read at that moment, so their copy counted. <a href="/templates">Templates</a> says how old it is, and why.</p>`;
}

/** `GET /campaigns/{campaign}/{action}` asks, `POST` does. */
export function campaignActionPages(app: FastifyInstance, context: PageContext): void {
  const { deps } = context;
  const { sql } = deps.ledger;
  for (const [name, action] of Object.entries<Action>(actions)) {
    const url = `/campaigns/:campaign/${name}`;
    app.get(url, async (request, reply) => {
      const { campaign, counts } = await showCampaign(sql, (request.params as { campaign: string }).campaign);
      const back = `/campaigns/${campaign.id}`;
      if (!action.isOffered(campaign, counts)) {
        throw new Problem("campaign-state", { detail: `“${campaign.name}” is ${campaign.state} by now` });
      }
      return context.send(request, reply, {
        title: `${action.button}: ${campaign.name}`,
        place: "campaigns",
        narrow: true,
        main: html`<div class="crumb"><a href="/">Campaigns</a> / <a href="${back}">${campaign.name}</a></div>
<h1>${action.button}</h1>
<div class="card"><p><b>${campaign.name}</b> <span class="state ${campaign.state}">${campaign.state}</span></p>${action.explain(campaign, counts, deps)}</div>
<form method="post" class="actions"><button class="${action.dangerous ? "dangerous" : "primary"}">${action.button}</button><a class="button" href="${back}">Back</a></form>`,
      });
    });
    app.post(url, async (request, reply) => {
      const campaign = await findByName(sql, (request.params as { campaign: string }).campaign);
      const user = request.session?.name ?? "";
      const warnings = await action.run(deps, campaign, user);
      const warned = warnings.some(({ code }) => code === templateCopyCounts) ? `&warned=${templateCopyCounts}` : "";
      deps.log.info({ campaignId: campaign.id, action: name, user }, "campaign action by a person");
      return reply.redirect(`/campaigns/${campaign.id}?notice=${name}${warned}`, 303);
    });
  }
}
