import { maskNumber } from "@hikyaku/core";
import {
  campaignCounts,
  closeUnknown,
  findCampaign,
  listUnknown,
  type MessageRow,
  resendUnknown,
  type UnknownSelection,
} from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { actorOf } from "../api/actor.ts";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { Problem } from "../problems/problem.ts";
import { readPart } from "../problems/request-faults.ts";
import { formOf } from "../sign-in/read-form.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { plural } from "./words.ts";

const pageSize = 100;
const ids = z.array(z.uuid()).max(pageSize);

/** `GET /unknown`, and settling what is listed there. */
export function unknownPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/unknown", async (request, reply) => {
    const query = request.query as { campaign?: string; route?: string; cursor?: string; done?: string; of?: string };
    const campaign = query.campaign === undefined ? null : await findCampaign(sql, { id: query.campaign });
    const from = readCursor(z.strictObject({ after: z.uuid() }), query.cursor);
    const rows = await listUnknown(sql, {
      limit: pageSize + 1,
      ...from,
      ...(campaign ? { campaignId: campaign.id } : {}),
      ...(query.route === undefined ? {} : { route: query.route }),
    });
    const inCampaign = campaign && (await campaignCounts(sql, { campaignId: campaign.id, leg: "both" })).unknown;
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    const names = await namesOf(rows);
    const filter = campaign
      ? `campaign=${campaign.id}&`
      : query.route
        ? `route=${encodeURIComponent(query.route)}&`
        : "";
    return context.send(request, reply, {
      title: "Unknown outcome",
      place: "unknown",
      main: html`<h1>Unknown outcome</h1>
<p>The connection broke after the message was handed over and before the gateway's answer. Nobody can know whether these went out, so they are never sent again by themselves. A receipt that comes late still settles them; what is left is for a person to decide.</p>
${notice(query)}
${campaign && inCampaign !== null && inCampaign > 0 && html`<div class="card"><p>Campaign <b>${campaign.name}</b> has ${plural(inCampaign, "message")} of unknown outcome.</p><form method="post" action="/unknown/settle" class="actions"><input type="hidden" name="campaign" value="${campaign.id}">${buttons("all of this campaign")}</form></div>`}
${
  rows.length === 0
    ? html`<div class="card empty">None. Every message that was handed over was answered.</div>`
    : html`<form method="post" action="/unknown/settle">${table(rows.slice(0, pageSize), names)}<div class="actions">${buttons("the selected")}</div></form>`
}
${last && html`<p class="actions"><a class="button" href="/unknown?${filter}cursor=${cursorOf({ after: last.id })}">Next ${pageSize}</a></p>`}`,
    });
  });

  async function namesOf(rows: readonly MessageRow[]): Promise<Map<string, string>> {
    const ids = new Set(rows.flatMap(({ campaignId }) => campaignId ?? []));
    const campaigns = await Promise.all([...ids].map((id) => findCampaign(sql, { id })));
    return new Map(campaigns.flatMap((campaign) => (campaign ? [[campaign.id, campaign.name]] : [])));
  }

  function table(rows: readonly MessageRow[], names: ReadonlyMap<string, string>): Html {
    return html`<div class="scroll"><table><thead><tr><th><input type="checkbox" data-all="id" aria-label="Select all" hidden></th><th>Recipient</th><th>Route</th><th>Campaign</th><th>Why</th><th class="number">Attempt began</th></tr></thead><tbody>${rows.map(
      (message) =>
        html`<tr><td><input type="checkbox" name="id" value="${message.id}" aria-label="Select"></td><td><a href="/messages/${message.id}">${maskNumber(message.recipient)}</a></td><td class="short">${message.route}</td><td>${message.campaignId ? html`<a href="/unknown?campaign=${message.campaignId}">${names.get(message.campaignId) ?? "this campaign"}</a>` : "single message"}</td><td class="wide">${message.reason}</td><td class="number">${message.sendingAt && clock.short(message.sendingAt)}</td></tr>`,
    )}</tbody></table></div>`;
  }

  // Asks first, with the number and the price; does it when the answer comes back with `sure`.
  app.post("/unknown/settle", async (request, reply) => {
    const form = formOf(request);
    const what = form.get("what") === "resend" ? "resend" : "close";
    const campaignId = form.get("campaign");
    const chosen = ids.safeParse(form.getAll("id"));
    const selection: UnknownSelection | null = campaignId
      ? { campaignId: readPart(z.uuid(), campaignId, "body") }
      : chosen.success && chosen.data.length > 0
        ? { ids: chosen.data }
        : null;
    if (!selection) throw new Problem("invalid-request", { detail: "Select at least one message" });
    const chosenCount =
      selection.ids?.length ??
      (await campaignCounts(sql, { campaignId: selection.campaignId ?? "", leg: "both" })).unknown;
    if (form.get("sure") === "yes") {
      const reason = form.get("reason")?.slice(0, 500) ?? "";
      const messages =
        what === "resend"
          ? await resendUnknown(sql, selection, { actor: actorOf(request), reason })
          : await closeUnknown(sql, selection);
      deps.log.info(
        { what, messages, campaignId, user: request.session?.name },
        "unknown outcomes settled by a person",
      );
      return reply.redirect(`/unknown?done=${messages}&of=${chosenCount}`, 303);
    }
    const isResend = what === "resend";
    return context.send(request, reply, {
      title: isResend ? "Send again" : "Close",
      place: "unknown",
      narrow: true,
      main: html`<div class="crumb"><a href="/unknown">Unknown outcome</a></div><h1>${isResend ? "Send again" : "Close"}: ${plural(chosenCount, "message")}</h1>
<div class="card">${
        isResend
          ? html`<p><b>Whoever did get the message gets it twice</b>, and both are billed. Wait for late receipts first, where a double would do harm.</p>`
          : html`<p>They end as <b>expired</b> and are not sent again. A receipt of their end that comes all the same still corrects them.</p>`
      }</div>
<form method="post" action="/unknown/settle" class="stack"><input type="hidden" name="sure" value="yes"><input type="hidden" name="what" value="${what}">${campaignId && html`<input type="hidden" name="campaign" value="${campaignId}">`}${selection.ids?.map((id) => html`<input type="hidden" name="id" value="${id}">`)}${isResend && html`<label>Why, for the audit<input name="reason" maxlength="500" required></label>`}<div class="actions"><button class="${isResend ? "dangerous" : "primary"}">${isResend ? "Send again" : "Close"}</button><a class="button" href="/unknown">Back</a></div></form>`,
    });
  });
}

function buttons(which: string): Html {
  return html`<button name="what" value="close">Close ${which}</button><button name="what" value="resend">Send ${which} again</button>`;
}

function notice({ done, of }: { done?: string; of?: string }): Html | null {
  const settled = Number(done);
  const chosen = Number(of);
  if (done === undefined || !Number.isInteger(settled) || !Number.isInteger(chosen)) return null;
  if (settled >= chosen) return html`<p class="alert good">${plural(settled, "message")} settled.</p>`;
  return html`<p class="alert warn">${plural(settled, "message")} of ${chosen} settled. Those of cancelled campaigns are never sent again, only closed; and a late receipt may have settled some.</p>`;
}
