import { maskNumber } from "@hikyaku/core";
import { addSuppression, listRoutes, listSuppressions, removeSuppression } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { actorOf } from "../api/actor.ts";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { Problem } from "../problems/problem.ts";
import { openNumberReader } from "../recipients/read-number.ts";
import { formOf } from "../sign-in/read-form.ts";
import { html } from "./html.ts";
import type { PageContext } from "./page-context.ts";

const pageSize = 100;
const position = z.strictObject({ recipient: z.string(), route: z.string() });

/** `/suppressions`: who must not be messaged. */
export function suppressionPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/suppressions", async (request, reply) => {
    const { cursor, notice } = request.query as { cursor?: string; notice?: string };
    const after = readCursor(position, cursor);
    const [rows, routes] = await Promise.all([
      listSuppressions(sql, { limit: pageSize + 1, ...(after ? { after } : {}) }),
      listRoutes(sql),
    ]);
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    return context.send(request, reply, {
      title: "Suppressions",
      place: "suppressions",
      main: html`<h1>Suppressions</h1><p class="soft">Who must not be messaged. It acts at once, also on messages that are queued already.</p>
${notice !== undefined && Object.hasOwn(notices, notice) && html`<p class="alert good">${notices[notice]}</p>`}
<form class="line" method="post" action="/suppressions"><label>Phone number<input name="recipient" inputmode="tel" placeholder="090-1234-5678" autocomplete="off" required></label><label>Route<select name="route"><option value="*">every route</option>${routes.map(({ name }) => html`<option>${name}</option>`)}</select></label><label>Reason<input name="reason" maxlength="500" required></label><button class="primary">Suppress</button></form>
${
  rows.length === 0
    ? html`<div class="card empty">Nobody is suppressed.</div>`
    : html`<div class="scroll"><table><thead><tr><th>Recipient</th><th>Route</th><th>Reason</th><th>By</th><th class="number">Since</th><th></th></tr></thead><tbody>${rows
        .slice(0, pageSize)
        .map(
          ({ recipient, route, reason, source, createdAt }) =>
            html`<tr><td>${maskNumber(recipient)}</td><td>${route === "*" ? "every route" : route}</td><td class="wide">${reason}</td><td>${source}</td><td class="number">${clock.short(createdAt)}</td><td class="right"><form method="post" action="/suppressions/lift"><input type="hidden" name="recipient" value="${recipient}"><input type="hidden" name="route" value="${route}"><button class="link">Lift</button></form></td></tr>`,
        )}</tbody></table></div>`
}
${last && html`<p class="actions"><a class="button" href="/suppressions?cursor=${cursorOf({ recipient: last.recipient, route: last.route })}">Next ${pageSize}</a></p>`}`,
    });
  });

  app.post("/suppressions", async (request, reply) => {
    const form = formOf(request);
    const route = form.get("route") || "*";
    const number = (await openNumberReader({ sql, findProvider: deps.findProvider }))(
      form.get("recipient") ?? "",
      route,
    );
    if (!number.ok) throw new Problem("invalid-number", { detail: number.reason });
    const reason = `${form.get("reason")?.slice(0, 500) ?? ""} (${request.session?.name})`;
    const added = await addSuppression(sql, { recipient: number.recipient, route, reason, source: "operator" });
    deps.log.info({ user: request.session?.name, to: maskNumber(number.recipient), route }, "suppressed by a person");
    return reply.redirect(`/suppressions?notice=${added ? "added" : "known"}`, 303);
  });

  // Asks first; does it when the answer comes back with `sure`.
  app.post("/suppressions/lift", async (request, reply) => {
    const form = formOf(request);
    const recipient = form.get("recipient") ?? "";
    const route = form.get("route") || "*";
    if (form.get("sure") === "yes") {
      const reason = form.get("reason")?.slice(0, 500) ?? "";
      const removed = await removeSuppression(sql, { recipient, route, by: { actor: actorOf(request), reason } });
      if (!removed) throw new Problem("suppression-not-found");
      deps.log.info(
        { user: request.session?.name, to: maskNumber(recipient), route },
        "suppression lifted by a person",
      );
      return reply.redirect("/suppressions?notice=lifted", 303);
    }
    return context.send(request, reply, {
      title: "Lift a suppression",
      place: "suppressions",
      narrow: true,
      main: html`<div class="crumb"><a href="/suppressions">Suppressions</a></div><h1>Lift the suppression of ${maskNumber(recipient)}</h1>
<div class="card"><p>Messages ${route === "*" ? "on every route" : html`on <b>${route}</b>`} reach this number again. Do it only when its owner has agreed.</p><p class="soft">Messages that were suppressed already stay unsent.</p></div>
<form method="post" action="/suppressions/lift" class="stack"><input type="hidden" name="sure" value="yes"><input type="hidden" name="recipient" value="${recipient}"><input type="hidden" name="route" value="${route}"><label>Why, for the audit<input name="reason" maxlength="500" required></label><div class="actions"><button class="dangerous">Lift</button><a class="button" href="/suppressions">Back</a></div></form>`,
    });
  });
}

const notices: Record<string, string> = {
  added: "Suppressed.",
  known: "It was suppressed before; nothing changed.",
  lifted: "Lifted.",
};
