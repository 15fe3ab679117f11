import { maskNumber, messageStates } from "@hikyaku/core";
import { listMessages, listRejections, type MessageRow, rejectionCodes } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { findByName } from "../api/campaigns/find-by-name.ts";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { type Clock, number } from "./words.ts";

const pageSize = 100;

/** `GET /campaigns/{campaign}/messages` and `…/rejections` */
export function campaignListPages(app: FastifyInstance, context: PageContext): void {
  const { sql } = context.deps.ledger;

  app.get("/campaigns/:campaign/messages", async (request, reply) => {
    const campaign = await findByName(sql, (request.params as { campaign: string }).campaign);
    const query = request.query as { state?: string; leg?: string; cursor?: string };
    const leg = query.leg === "1" ? 1 : query.leg === "2" ? 2 : undefined;
    const state = messageStates.find((each) => each === query.state);
    const from = readCursor(z.strictObject({ after: z.uuid() }), query.cursor);
    const rows = await listMessages(sql, {
      campaignId: campaign.id,
      limit: pageSize + 1,
      ...from,
      ...(state ? { state } : {}),
      ...(leg ? { leg } : {}),
    });
    const path = `/campaigns/${campaign.id}/messages`;
    const ofLeg = leg ? `leg=${leg}&` : "";
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    const filter = `${ofLeg}${state ? `state=${state}&` : ""}`;
    return context.send(request, reply, {
      title: `Messages: ${campaign.name}`,
      place: "campaigns",
      main: html`<div class="crumb"><a href="/">Campaigns</a> / <a href="/campaigns/${campaign.id}">${campaign.name}</a></div>
<h1>Messages</h1>
<div class="chips">${[undefined, ...messageStates].map(
        (each) =>
          html`<a href="${each ? `${path}?${ofLeg}state=${each}` : leg ? `${path}?leg=${leg}` : path}"${each === state && html` aria-current="true"`}>${each ?? "all"}</a>`,
      )}</div>
${messageTable(rows.slice(0, pageSize), context.clock)}
${last && html`<p class="actions"><a class="button" href="${path}?${filter}cursor=${cursorOf({ after: last.id })}">Next ${pageSize}</a></p>`}`,
    });
  });

  app.get("/campaigns/:campaign/rejections", async (request, reply) => {
    const campaign = await findByName(sql, (request.params as { campaign: string }).campaign);
    const { cursor } = request.query as { cursor?: string };
    const from = readCursor(z.strictObject({ after: z.int() }), cursor);
    const [rows, codes] = await Promise.all([
      listRejections(sql, { campaignId: campaign.id, limit: pageSize + 1, ...from }),
      rejectionCodes(sql, { campaignId: campaign.id }),
    ]);
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    return context.send(request, reply, {
      title: `Rejected rows: ${campaign.name}`,
      place: "campaigns",
      main: html`<div class="crumb"><a href="/">Campaigns</a> / <a href="/campaigns/${campaign.id}">${campaign.name}</a></div>
<h1>Rows that did not become messages</h1>
<p class="soft">${number(campaign.rejectedRows)} rejected and ${number(campaign.duplicateRows)} duplicates of ${number(campaign.importedRows)} rows.</p>
<ul class="legend">${codes.map(({ code, count }) => html`<li><b>${number(count)}</b> ${code}</li>`)}</ul>
<div class="scroll"><table><thead><tr><th class="number">Line</th><th>Code</th><th>Reason</th></tr></thead><tbody>${rows
        .slice(0, pageSize)
        .map(
          ({ line, code, reason }) =>
            html`<tr><td class="number">${number(line)}</td><td>${code}</td><td>${reason}</td></tr>`,
        )}</tbody></table></div>
${last && html`<p class="actions"><a class="button" href="/campaigns/${campaign.id}/rejections?cursor=${cursorOf({ after: last.line })}">Next ${pageSize}</a></p>`}`,
    });
  });
}

/** Messages with their numbers masked; the page of each shows more. */
export function messageTable(messages: readonly MessageRow[], clock: Clock): Html {
  if (messages.length === 0) return html`<div class="card empty">No message.</div>`;
  const hasSecond = messages.some(({ leg }) => leg === 2);
  return html`<div class="scroll"><table><thead><tr><th>Recipient</th><th>State</th>${hasSecond && html`<th class="number">Leg</th>`}<th>Reason</th><th>Route</th><th class="number">Attempts</th><th class="number">Last change</th></tr></thead><tbody>${messages.map(
    (message) =>
      html`<tr><td><a href="/messages/${message.id}">${maskNumber(message.recipient)}</a></td><td><span class="state ${message.state}">${message.state}</span></td>${hasSecond && html`<td class="number">${message.leg}</td>`}<td class="wide">${message.reason}</td><td class="short">${message.route}</td><td class="number">${message.attempts}</td><td class="number">${clock.short(lastChange(message))}</td></tr>`,
  )}</tbody></table></div>`;
}

function lastChange(message: MessageRow): Date {
  const { endedAt, displayedAt, deliveredAt, sentAt, acceptedAt, sendingAt, queuedAt } = message;
  return displayedAt ?? deliveredAt ?? endedAt ?? sentAt ?? acceptedAt ?? sendingAt ?? queuedAt;
}
