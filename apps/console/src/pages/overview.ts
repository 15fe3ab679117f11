import { type CampaignState, campaignStates, type DeliveryWindow, readClassRules, windowsInForce } from "@hikyaku/core";
import { type CampaignCounts, type CampaignRow, listCampaigns, listRoutes } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { estimateEnd } from "../progress/estimate-end.ts";
import { doneCount, doneShare, progressOf } from "../progress/progress-of.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { progressBar } from "./progress-bar.ts";
import { number, percent, perSecond } from "./words.ts";

type Listed = CampaignRow & { counts: CampaignCounts };

const position = z.strictObject({ before: z.uuid() });
/** What still moves, or waits for a person; shown above everything else. */
const activeStates = ["running", "paused", "importing", "ready"] as const satisfies readonly CampaignState[];
const pageSize = 25;

/** `GET /`: what runs now, and every campaign. */
export function overviewPage(app: FastifyInstance, context: PageContext): void {
  const { sql } = context.deps.ledger;
  app.get("/", async (request, reply) => {
    context.pace.look();
    const query = request.query as { state?: string; cursor?: string };
    const state = campaignStates.find((each) => each === query.state);
    const from = readCursor(position, query.cursor);
    const isFirst = state === undefined && from === undefined;
    const [routes, listed, ...active] = await Promise.all([
      listRoutes(sql),
      listCampaigns(sql, { limit: pageSize + 1, ...from, ...(state ? { state } : {}) }),
      ...(isFirst ? activeStates.map((each) => listCampaigns(sql, { state: each, limit: 50 })) : []),
    ]);
    const rules = new Map(routes.map(({ name, classRules }) => [name, readClassRules(classRules)]));
    const windowsOf = (campaign: CampaignRow) =>
      windowsInForce(campaign, rules.get(campaign.route) ?? readClassRules(null));
    const shown = listed.slice(0, pageSize);
    const last = shown.at(-1);
    const older = listed.length > pageSize && last ? cursorOf({ before: last.id }) : null;
    return context.send(request, reply, {
      title: "Campaigns",
      place: "campaigns",
      refreshMs: 2_000,
      main: html`
<div class="head"><h1>Campaigns</h1></div>
${isFirst && html`<div id="active" data-part>${active.flat().map((campaign) => activeCard(campaign, windowsOf(campaign), context))}</div>`}
<h2>${isFirst ? "All campaigns" : "Campaigns"}</h2>
<div class="chips">${[undefined, ...campaignStates].map(
        (each) =>
          html`<a href="${each ? `/?state=${each}` : "/"}"${each === state && html` aria-current="true"`}>${each ?? "all"}</a>`,
      )}</div>
<div id="all" data-part>${shown.length === 0 ? noCampaign(state) : table(shown, context)}</div>
${older !== null && html`<p class="actions"><a class="button" href="/?${state ? `state=${state}&` : ""}cursor=${older}">Older</a></p>`}`,
    });
  });
}

function activeCard(campaign: Listed, windows: readonly DeliveryWindow[], { pace, clock }: PageContext): Html {
  const progress = progressOf(campaign.counts);
  const measured = campaign.state === "running" ? pace.paceOf(campaign.id) : null;
  const end =
    measured && estimateEnd({ left: progress.queued, perSecond: measured.perSecond, windows, now: new Date() });
  const facts = [
    html`<b>${percent(doneShare(progress))}</b> of ${number(progress.total - progress.stopped)}`,
    measured && html`<b>${perSecond(measured.perSecond)}</b>`,
    end && progress.queued > 0 && html`until about ${clock.short(end)}`,
    campaign.state === "ready" &&
      (campaign.startAt ? html`starts ${clock.short(campaign.startAt)}` : html`waits to be started`),
    progress.failed > 0 && html`${number(progress.failed)} not delivered`,
    progress.unknown > 0 && html`${number(progress.unknown)} unknown`,
  ].filter((fact) => fact !== null && fact !== false);
  return html`<section class="card"><div class="row"><div><a class="name" href="/campaigns/${campaign.id}">${campaign.name}</a> <span class="state ${campaign.state}">${campaign.state}</span> <span class="soft small">${campaign.route}</span></div>
<div class="small">${facts.map((fact, index) => html`${index > 0 && " · "}${fact}`)}</div></div>
${progressBar(progress)}
${campaign.pauseReason && html`<p class="small soft">${campaign.pauseReason}</p>`}</section>`;
}

function table(campaigns: readonly Listed[], { clock }: PageContext): Html {
  return html`<div class="scroll"><table><thead><tr><th>Campaign</th><th>State</th><th>Route</th><th>Progress</th><th class="number">Recipients</th><th class="number">Delivered</th><th class="number">Not delivered</th><th class="number">Unknown</th><th class="number">Created</th></tr></thead><tbody>${campaigns.map(
    (campaign) => {
      const progress = progressOf(campaign.counts);
      return html`<tr><td class="wide"><a href="/campaigns/${campaign.id}">${campaign.name}</a></td><td><span class="state ${campaign.state}">${campaign.state}</span></td><td class="short">${campaign.route}</td><td>${progressBar(progress)}</td><td class="number">${number(progress.total)}</td><td class="number">${share(progress.delivered, doneCount(progress))}</td><td class="number">${number(progress.failed)}</td><td class="number">${number(progress.unknown)}</td><td class="number">${clock.short(campaign.createdAt)}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

function share(delivered: number, done: number): string {
  return done === 0 ? "–" : percent(delivered / done);
}

function noCampaign(state: CampaignState | undefined): Html {
  if (state) return html`<div class="card empty">No campaign is ${state}.</div>`;
  return html`<div class="card"><p><b>No campaign yet.</b> Send the first from a CSV:</p>
<pre>npx pnpm@10 hikyaku campaign send recipients.csv --route ROUTE --class transactional --text "#{name}様 …"</pre>
<p class="soft">or over the <a href="/docs">HTTP API</a>, with a key from <a href="/api-keys">API keys</a>.</p></div>`;
}
