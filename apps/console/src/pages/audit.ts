import { maskNumber } from "@hikyaku/core";
import { type AuditAction, type AuditEntry, auditActions, findCampaign, listAudit } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { plural } from "./words.ts";

const pageSize = 100;
const position = z.strictObject({ before: z.int() });

const names: Readonly<Record<AuditAction, string>> = {
  "override-rule": "Rule set aside",
  "resend-unknown": "Unknown sent again",
  "release-route": "Hold lifted",
  "remove-suppression": "Suppression lifted",
  "cancel-reservation": "Reservation cancelled",
};

/** What a newer version wrote is shown as it wrote it. */
const nameOf = (action: AuditEntry["action"]): string =>
  new Map<string, string>(Object.entries(names)).get(action) ?? action;

/** `GET /audit`: what was decided against a rule, against what the system had decided, or against what the carrier held to send. */
export function auditPage(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/audit", async (request, reply) => {
    const query = request.query as { action?: string; campaign?: string; cursor?: string };
    const action = auditActions.find((each) => each === query.action);
    const campaign = query.campaign === undefined ? null : await findCampaign(sql, { id: query.campaign });
    const from = readCursor(position, query.cursor);
    const rows = await listAudit(sql, {
      limit: pageSize + 1,
      ...from,
      ...(action ? { action } : {}),
      ...(campaign ? { campaignId: campaign.id } : {}),
    });
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    const filter = `${action ? `action=${action}&` : ""}${campaign ? `campaign=${campaign.id}&` : ""}`;
    return context.send(request, reply, {
      title: "Audit",
      place: "audit",
      main: html`<h1>Audit</h1><p class="soft">What people and programs decided against a rule, against what the system had decided, or against what the carrier held to send: who, why and when. It is kept for good.${campaign && html` Of campaign <a href="/campaigns/${campaign.id}">${campaign.name}</a>.`}</p>
<div class="chips">${[undefined, ...auditActions].map(
        (each) =>
          html`<a href="/audit${each ? `?action=${each}` : ""}"${each === action && html` aria-current="true"`}>${each ? names[each] : "all"}</a>`,
      )}</div>
${rows.length === 0 ? html`<div class="card empty">Nothing so far.</div>` : table(rows.slice(0, pageSize))}
${last && html`<p class="actions"><a class="button" href="/audit?${filter}cursor=${cursorOf({ before: last.id })}">Older</a></p>`}`,
    });
  });

  function table(rows: readonly AuditEntry[]): Html {
    return html`<div class="scroll"><table><thead><tr><th class="number">When</th><th>Who</th><th>What</th><th>Of</th><th>Why</th></tr></thead><tbody>${rows.map(
      (entry) =>
        html`<tr><td class="number">${clock.short(entry.at)}</td><td>${entry.actor}</td><td>${nameOf(entry.action)}${entry.rule && html`: <b>${entry.rule}</b>`}</td><td>${subject(entry)}</td><td class="wide">${entry.reason === "" ? html`<span class="soft">no reason given</span>` : entry.reason}</td></tr>`,
    )}</tbody></table></div>`;
  }
}

function subject(entry: AuditEntry): Html {
  const { reserveId, wasCancelled } = entry.details;
  if (typeof reserveId !== "string") return whatOf(entry);
  return html`${whatOf(entry)} <span class="soft small">reservation ${reserveId}${wasCancelled === true && ", cancelled before at the carrier"}</span>`;
}

function whatOf({ campaignId, campaignName, messageId, recipient, route, details }: AuditEntry): Html {
  const on = route === "*" ? "every route" : route;
  const count = typeof details.messages === "number" ? html`${plural(details.messages, "message")} of ` : null;
  if (recipient !== null) return html`${maskNumber(recipient)} on ${on}`;
  if (campaignId !== null)
    return html`${count}<a href="/campaigns/${campaignId}">${campaignName ?? "a campaign that is gone"}</a> on ${on}`;
  if (messageId !== null) return html`<a href="/messages/${messageId}">message</a> on ${on}`;
  const { heldReason } = details;
  return html`${count}${on}${typeof heldReason === "string" && html` <span class="soft small">held because: ${heldReason}</span>`}`;
}
