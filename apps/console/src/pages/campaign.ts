import { defaultClassRules, type MessageState, messageStates, windowsInForce } from "@hikyaku/core";
import type { CampaignCounts, CampaignReport, CampaignRow } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import { showCampaign } from "../api/campaigns/find-by-name.ts";
import { stateMeanings } from "../campaigns/state-meanings.ts";
import { estimateEnd } from "../progress/estimate-end.ts";
import { doneCount, doneShare, progressOf } from "../progress/progress-of.ts";
import { routeStates } from "../routes/route-states.ts";
import { actionsFor, noticeOf } from "./campaign-actions.ts";
import { type CampaignNow, situation } from "./campaign-situation.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { progressBar, progressLegend } from "./progress-bar.ts";
import { type Clock, limitText, number, percent, perSecond, plural, span, windowsText } from "./words.ts";

/** `GET /campaigns/{campaign}`: one campaign, live. */
export function campaignPage(app: FastifyInstance, context: PageContext): void {
  const { deps, clock, pace, reports } = context;
  app.get("/campaigns/:campaign", async (request, reply) => {
    pace.look();
    const { campaign: name } = request.params as { campaign: string };
    const { campaign, counts, secondLegs } = await showCampaign(deps.ledger.sql, name);
    const [routes, read] = await Promise.all([
      routeStates(deps),
      counts.total > 0 ? reports.reportOf(campaign.id) : null,
    ]);
    const progress = progressOf(counts);
    const route = routes.find((each) => each.name === campaign.route) ?? null;
    const windows = windowsInForce(campaign, route?.classRules ?? defaultClassRules);
    const view: CampaignNow = {
      campaign,
      counts,
      progress,
      route,
      windows,
      pace: campaign.state === "running" ? pace.paceOf(campaign.id) : null,
      now: new Date(),
      clock,
    };
    const notice = noticeOf(request.query as { notice?: string; warned?: string });
    return context.send(request, reply, {
      title: `${percent(doneShare(progress))} ${campaign.name}`,
      place: "campaigns",
      refreshMs: 2_000,
      main: html`
<div class="crumb"><a href="/">Campaigns</a></div>
${notice}
<div id="live" data-part>
<div class="head"><h1>${campaign.name}</h1><span class="state ${campaign.state}">${campaign.state}</span></div>
<div class="soft small">${campaign.route} · key <code>${campaign.key}</code>${campaign.round > 1 && html` · round ${campaign.round}`} · created ${clock.short(campaign.createdAt)}</div>
${situation(view)}
${tiles(view)}
<div class="card">${progressBar(progress, { large: true })}${progressLegend(progress)}</div>
<div class="actions">${actionsFor(campaign, { counts, secondLegs })}</div>
</div>
<div class="columns">
<div><h2>Exact numbers</h2><div id="numbers" data-part>${numbers(campaign, counts)}</div>
<div id="second-legs" data-part>${secondLegs && secondLegNumbers(campaign, secondLegs, read?.report ?? null)}</div></div>
<div><h2>Reasons</h2><div id="reasons" data-part>${reasons(read, clock)}</div>
<h2>Recipients</h2><div id="recipients" data-part>${recipients(campaign, counts)}</div>
<h2>What it says</h2>${content(campaign)}
<h2>What it is for</h2>${classOf(view)}
<h2>Times</h2><div id="times" data-part>${times(campaign, read?.report ?? null, clock)}</div>
</div></div>`,
    });
  });
}

function tiles({ campaign, progress, route, windows, pace, now, clock }: CampaignNow): Html {
  const done = doneCount(progress);
  const limits = route?.limits ?? null;
  const end = pace && estimateEnd({ left: progress.queued, perSecond: pace.perSecond, windows, now });
  return html`<div class="tiles">
<div class="tile"><span>Gone out</span><strong>${percent(doneShare(progress))}</strong><span>${number(done)} of ${number(progress.total - progress.stopped)}</span></div>
<div class="tile"><span>Rate now</span><strong>${pace ? perSecond(pace.perSecond) : campaign.state === "running" ? "…" : "–"}</strong><span>${!limits?.tps ? "no limit" : `limit of the route ${limitText({ ...limits, tps: limits.tps })}`}</span></div>
<div class="tile"><span>All gone out</span><strong>${end && progress.queued > 0 ? clock.short(end) : progress.queued === 0 && done > 0 ? "yes" : "–"}</strong><span>${end && progress.queued > 0 ? `in about ${span(end.getTime() - now.getTime())}` : `${number(progress.queued)} left to send`}</span></div>
<div class="tile"><span>Delivered</span><strong>${done === 0 ? "–" : percent(progress.delivered / done)}</strong><span>${number(progress.delivered)} of those gone out${progress.underway > 0 && `; ${number(progress.underway)} receipts awaited`}</span></div>
</div>`;
}

function numbers(campaign: CampaignRow, counts: CampaignCounts): Html {
  const row = (state: MessageState) => {
    const count = counts[state];
    const link = `/campaigns/${campaign.id}/messages?${campaign.fallback ? "leg=1&" : ""}state=${state}`;
    return html`<tr${count === 0 && html` class="none"`}><td>${count === 0 ? state : html`<a href="${link}">${state}</a>`}</td><td class="number">${number(count)}</td><td class="number soft">${counts.total === 0 ? "" : percent(count / counts.total)}</td><td class="small soft meaning">${stateMeanings[state]}</td></tr>`;
  };
  return html`<div class="scroll"><table><thead><tr><th>State</th><th class="number">Messages</th><th class="number">Share</th><th class="meaning"></th></tr></thead><tbody>${messageStates.map(row)}<tr><td><b>all</b></td><td class="number"><b>${number(counts.total)}</b></td><td></td><td class="small soft meaning">${plural(counts.segmentsAccepted, "billable part")} accepted by the carrier</td></tr></tbody></table></div>`;
}

/** What followed those that did not arrive, and by which leg recipients were reached. */
function secondLegNumbers(campaign: CampaignRow, counts: CampaignCounts, report: CampaignReport | null): Html {
  const states = messageStates.filter((state) => counts[state] > 0);
  const reached = report?.secondLegs?.reached;
  return html`<h2>Second legs</h2>${
    states.length === 0
      ? html`<div class="card soft">Nothing had to follow so far.</div>`
      : html`<div class="scroll"><table><thead><tr><th>State</th><th class="number">Messages</th><th class="meaning"></th></tr></thead><tbody>${states.map(
          (state) =>
            html`<tr><td><a href="/campaigns/${campaign.id}/messages?leg=2&state=${state}">${state}</a></td><td class="number">${number(counts[state])}</td><td class="small soft meaning">${stateMeanings[state]}</td></tr>`,
        )}<tr><td><b>all</b></td><td class="number"><b>${number(counts.total)}</b></td><td class="small soft meaning">${plural(counts.segmentsAccepted, "billable part")} accepted by the carrier</td></tr></tbody></table></div>`
  }${
    reached &&
    html`<p class="small soft">Reached by the first leg ${number(reached.first)}${reached.both > 0 && html` (${number(reached.both)} of them by the second as well)`}, by the second ${number(reached.second)}, by neither or not yet ${number(reached.neither)}.</p>`
  }`;
}

function reasons(read: { report: CampaignReport; readAt: Date } | null, clock: Clock): Html {
  if (!read) return html`<div class="card soft">Being counted.</div>`;
  const { byReason } = read.report;
  if (byReason.length === 0)
    return html`<div class="card soft">Nothing was refused, failed or left unknown so far. <span class="small">As of ${clock.short(read.readAt)}</span></div>`;
  return html`<div class="scroll"><table><tbody>${byReason
    .slice(0, 15)
    .map(
      ({ state, reason, count }) =>
        html`<tr><td><span class="state ${state}">${state}</span></td><td>${reason}</td><td class="number">${number(count)}</td></tr>`,
    )}</tbody></table></div><p class="small soft">${byReason.length > 15 && `The 15 most frequent of ${byReason.length}. `}As of ${clock.short(read.readAt)}</p>`;
}

function recipients(campaign: CampaignRow, counts: CampaignCounts): Html {
  const left = campaign.rejectedRows + campaign.duplicateRows;
  return html`<div class="card"><dl class="facts">
<dt>Rows of the list</dt><dd>${number(campaign.importedRows)}</dd>
<dt>Messages</dt><dd>${number(counts.total)}</dd>
<dt>Rejected rows</dt><dd>${number(campaign.rejectedRows)}</dd>
<dt>Duplicates</dt><dd>${number(campaign.duplicateRows)}</dd>
<dt>Suppressed</dt><dd>${number(counts.suppressed)}</dd>
</dl>${left > 0 && html`<p><a href="/campaigns/${campaign.id}/rejections">Which rows, and why</a></p>`}</div>`;
}

function content({ content }: CampaignRow): Html {
  const { text, ...rest } = (content ?? {}) as { text?: unknown };
  const isText = typeof text === "string";
  const other = isText ? rest : content;
  const hasOther = typeof other === "object" && other !== null && Object.keys(other).length > 0;
  return html`<div class="card">${isText && html`<pre class="text">${text}</pre>`}${hasOther && html`<details><summary class="small soft">Settings of the carrier</summary><pre>${JSON.stringify(other, null, 2)}</pre></details>`}</div>`;
}

function classOf({ campaign, windows, clock }: CampaignNow): Html {
  const { overrides } = campaign;
  return html`<div class="card"><dl class="facts">
<dt>Class</dt><dd>${campaign.class ?? "none: it is from before there were classes"}</dd>
<dt>Delivery window</dt><dd>${windowsText(windows)}</dd>
${overrides.map(
  ({ rule, reason, by, at }) =>
    html`<dt>Rule set aside</dt><dd><b>${rule}</b>: ${reason} <span class="soft small">${by}, ${clock.short(new Date(at))}</span></dd>`,
)}
</dl>${overrides.length > 0 && html`<p class="small"><a href="/audit?campaign=${campaign.id}">Audit</a></p>`}</div>`;
}

function times(campaign: CampaignRow, report: CampaignReport | null, clock: Clock): Html {
  const moments: [string, Date | null][] = [
    ["Created", campaign.createdAt],
    ["Imported", campaign.importedAt],
    ["Started", campaign.startedAt],
    ["First accepted", report?.firstAcceptedAt ?? null],
    ["Last accepted", report?.lastAcceptedAt ?? null],
    ["Nothing left to send", campaign.dispatchedAt],
    ["Every answer known", campaign.finishedAt],
    ["Cancelled", campaign.cancelledAt],
    ["Not sent after", campaign.validUntil],
  ];
  const delay = report?.receiptDelayMs;
  return html`<div class="card"><dl class="facts">
${moments.map(([name, at]) => at && html`<dt>${name}</dt><dd>${clock.full(at)}</dd>`)}
<dt>Priority</dt><dd>${campaign.priority} <span class="soft">(1 to 10; one of 10 gets ten messages where one of 1 gets one)</span></dd>
${campaign.fallback && html`<dt>Followed by a second leg</dt><dd>${span(campaign.fallback.afterMs)} after acceptance without delivery, at once when it fails${campaign.fallback.onRejected && ", also when it is refused"}${campaign.fallback.onUnknown && ", also when its outcome is unknown"}${campaign.fallback.route && html` over ${campaign.fallback.route}`}</dd>`}
<dt>When unknown</dt><dd>${campaign.onUnknown === "hold" ? "held for the operator" : "sent again"}</dd>
${report && report.acceptedPerSecond.peak > 0 && html`<dt>Accepted per second</dt><dd>${report.acceptedPerSecond.mean.toFixed(1)} on average, ${number(report.acceptedPerSecond.peak)} in the best second</dd>`}
${delay && html`<dt>Accepted to delivered</dt><dd>${span(delay.p50)} (median), ${span(delay.p99)} (99 of 100)</dd>`}
</dl></div>`;
}
