import { type InboundEvent, inboundEvents, maskNumber } from "@hikyaku/core";
import { findCampaign, findInbound, type InboundRow, listInbound } from "@hikyaku/ledger";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { Problem } from "../problems/problem.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import type { Clock } from "./words.ts";

const pageSize = 100;
const position = z.strictObject({ before: z.uuid() });

/** `/inbound`: what end users did. Whoever reads it is in the log, because texts of people stand in it. */
export function inboundPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/inbound", async (request, reply) => {
    const query = request.query as {
      event?: string;
      word?: string;
      route?: string;
      campaign?: string;
      cursor?: string;
    };
    const event = inboundEvents.find((each) => each === query.event);
    const isOptOut = query.word === "opt-out";
    const campaign = query.campaign === undefined ? null : await findCampaign(sql, { id: query.campaign });
    const rows = await listInbound(sql, {
      limit: pageSize + 1,
      ...readCursor(position, query.cursor),
      ...(event ? { event } : {}),
      ...(isOptOut ? { wordKind: "opt-out" } : {}),
      ...(query.route === undefined ? {} : { route: query.route }),
      ...(campaign ? { campaignId: campaign.id } : {}),
    });
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    const kept = new URLSearchParams({
      ...(query.route === undefined ? {} : { route: query.route }),
      ...(campaign ? { campaign: campaign.id } : {}),
    });
    const linkTo = (more: Record<string, string>) => {
      const search = new URLSearchParams([...kept, ...Object.entries(more)]).toString();
      return search === "" ? "/inbound" : `/inbound?${search}`;
    };
    const chosen: Record<string, string> = isOptOut ? { word: "opt-out" } : event ? { event } : {};
    deps.log.info({ user: request.session?.name, count: Math.min(rows.length, pageSize) }, "replies read by a person");
    return context.send(request, reply, {
      title: "Replies",
      place: "inbound",
      main: html`<h1>Replies</h1><p class="soft">What end users did${campaign && html` about <a href="/campaigns/${campaign.id}">${campaign.name}</a>`}: replies, taps and registrations, newest first. Who reads this page is logged.</p>
<div class="chips">${[
        ["all", {}] as const,
        ...inboundEvents.map((each) => [eventNames[each], { event: each }] as const),
        ["opt-outs", { word: "opt-out" }] as const,
      ].map(
        ([name, filter]) =>
          html`<a href="${linkTo(filter)}"${JSON.stringify(filter) === JSON.stringify(chosen) && html` aria-current="true"`}>${name}</a>`,
      )}</div>
${inboundTable(rows.slice(0, pageSize), clock)}
${last && html`<p class="actions"><a class="button" href="${linkTo({ ...chosen, cursor: cursorOf({ before: last.id }) })}">Next ${pageSize}</a></p>`}`,
    });
  });

  async function show(request: FastifyRequest, reply: FastifyReply, isRevealed: boolean): Promise<FastifyReply> {
    const { id } = request.params as { id: string };
    const found = await findInbound(sql, { id });
    if (!found) throw new Problem("inbound-not-found");
    const { inbound, body, seen } = found;
    if (isRevealed) deps.log.info({ user: request.session?.name, inboundId: id }, "reply shown in full to a person");
    return context.send(request, reply, {
      title: "Reply",
      place: "inbound",
      main: html`<div class="crumb"><a href="/inbound">Replies</a></div>
<div class="head"><h1>${inbound.recipient === null ? "Nobody knows who" : isRevealed ? inbound.recipient : maskNumber(inbound.recipient)}</h1>${wordBadge(inbound)}</div>
<div class="card"><pre class="text">${saidText(inbound)}</pre></div>
${facts(inbound, seen)}
${
  isRevealed
    ? html`<h2>The notification as it came</h2><div class="card"><pre class="text">${body ?? "It was deleted after retention.days."}</pre></div>`
    : html`<form method="post" action="/inbound/${inbound.id}" class="actions"><button>Show number and raw body</button><span class="soft small">Who looks is logged.</span></form>`
}`,
    });
  }

  function facts(row: InboundRow, seen: number): Html {
    const rows: [string, Html | string | null][] = [
      ["What", eventNames[row.event]],
      ["Route", row.route],
      ["When", clock.full(row.at)],
      ["Arrived", html`${clock.full(row.receivedAt)}${seen > 1 && `, ${seen} times`}`],
      ["Button", row.button],
      ["Its data", row.postbackData && html`<code>${row.postbackData}</code>`],
      ["Written to", row.smsNumber],
      ["Attachment", row.attachment && html`<code>${JSON.stringify(row.attachment)}</code>`],
      ["Device", row.deviceSpecifics && html`<code>${JSON.stringify(row.deviceSpecifics)}</code>`],
      ["Word", row.word && `${row.word}: ${row.wordKind}`],
      [
        "Answers",
        row.messageId === null
          ? "nobody knows which message"
          : html`<a href="/messages/${row.messageId}">this message</a>, ${linkWords[row.linkedBy ?? "time"]}`,
      ],
      ["Campaign", row.campaignId && html`<a href="/campaigns/${row.campaignId}">this campaign</a>`],
      ["Id", html`<code>${row.id}</code>`],
    ];
    return html`<div class="card"><dl class="facts">${rows.map(([name, value]) => value !== null && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
  }

  app.get("/inbound/:id", (request, reply) => show(request, reply, false));
  app.post("/inbound/:id", (request, reply) => show(request, reply, true));
}

const eventNames: Record<InboundEvent, string> = {
  message: "+Message",
  "sms-mo": "SMS",
  response: "tap",
  "new-user": "registration",
};

const linkWords: Record<NonNullable<InboundRow["linkedBy"]>, string> = {
  reference: "as its button says",
  "carrier-id": "as the carrier's id says",
  number: "the latest one sent from the number written to",
  time: "the latest one to this number",
};

/** Replies with their numbers masked; the page of each shows more. */
export function inboundTable(rows: readonly InboundRow[], clock: Clock): Html {
  if (rows.length === 0) return html`<div class="card empty">Nobody answered.</div>`;
  return html`<div class="scroll"><table><thead><tr><th>From</th><th>What</th><th>Said</th><th></th><th>Route</th><th>Answers</th><th class="number">When</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td><a href="/inbound/${row.id}">${row.recipient === null ? "unknown" : maskNumber(row.recipient)}</a></td><td>${eventNames[row.event]}</td><td class="wide">${saidText(row)}</td><td>${wordBadge(row)}</td><td class="short">${row.route}</td><td>${row.messageId === null ? html`<span class="soft">unknown</span>` : html`<a href="/messages/${row.messageId}">message</a>`}</td><td class="number">${clock.short(row.at)}</td></tr>`,
  )}</tbody></table></div>`;
}

function wordBadge({ wordKind }: InboundRow): Html | null {
  return wordKind && html`<span class="state ${wordKind === "opt-out" ? "suppressed" : "open"}">${wordKind}</span>`;
}

function saidText({ text, attachment, deviceSpecifics }: InboundRow): string {
  if (text !== null) return text;
  if (attachment !== null)
    return attachment.kind === "location"
      ? (attachment.label ?? "a place")
      : `${attachment.kind}: ${attachment.name ?? attachment.mime ?? "without a name"}`;
  return deviceSpecifics === null ? "" : "facts of the device";
}
