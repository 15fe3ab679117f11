import type { TemplateAction } from "@hikyaku/core";
import { askRefresh, listAccounts, listChannels, listTemplates } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import { templateView } from "../api/templates/template-view.ts";
import { Problem } from "../problems/problem.ts";
import { formOf } from "../sign-in/read-form.ts";
import { templateOf, templatePage, templateRoutes } from "../templates/template-routes.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import type { Clock } from "./words.ts";

/** `/templates`: what the carriers' accounts hold, and what may be done with it. */
export function templatePages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/templates", async (request, reply) => {
    const { notice } = request.query as { notice?: string };
    const [routes, rows, channels, accounts] = await Promise.all([
      templateRoutes(deps),
      listTemplates(sql),
      listChannels(sql),
      listAccounts(sql),
    ]);
    const sections = routes.map(({ route, templates }) => {
      const account = accounts.find((each) => each.route === route);
      const views = rows.flatMap((row) => (row.route === route ? (templateView(row, templates) ?? []) : []));
      const facts = channels.flatMap((row) => (row.route === route ? (templates.channelFacts(row.channel) ?? []) : []));
      return html`<div class="head"><h2>${route}</h2><form method="post" action="/templates/refresh"><input type="hidden" name="route" value="${route}"><button>Read again</button></form></div>
<p class="soft">${account?.refreshedAt ? html`Read ${clock.full(account.refreshedAt)}.` : "Never read yet; a poller does it."}</p>
${account?.error && html`<p class="alert danger"><b>The newest attempt failed:</b> ${account.error}</p>`}
<div class="chips">${facts.map(({ id, name, means, faults }) => html`<span class="state ${faults.length === 0 ? "open" : "failed"}">${id} ${name}: ${faults.length === 0 ? means : faults.join("; ")}</span>`)}</div>
${
  views.length === 0
    ? html`<div class="card empty">No templates.</div>`
    : html`<div class="scroll"><table><thead><tr><th>Code</th><th>Name</th><th>State</th><th>Text</th><th class="number">Changed</th></tr></thead><tbody>${views.map(
        (view) =>
          html`<tr><td><a href="${pathOf(view)}">${view.code}</a></td><td>${view.name}</td><td>${stateBadge(view)}</td><td class="wide">${view.text}</td><td class="number">${clock.short(view.changedAt)}</td></tr>`,
      )}</tbody></table></div>`
}`;
    });
    return context.send(request, reply, {
      title: "Templates",
      place: "templates",
      main: html`<h1>Templates</h1><p class="soft">Texts that a carrier must approve before anything is sent by them. Registering, editing and deleting are done in the carrier's console; inspection takes two to three business days.</p>
${notice === "asked" && html`<p class="alert good">Asked for. A poller reads the account within seconds; look at this page again.</p>`}
${sections.length === 0 ? html`<div class="card empty">No route's carrier has templates.</div>` : sections}`,
    });
  });

  app.post("/templates/refresh", async (request, reply) => {
    const route = formOf(request).get("route") ?? "";
    if (!(await templateRoutes(deps)).some((each) => each.route === route)) throw new Problem("route-not-found");
    await askRefresh(sql, { route });
    return reply.redirect("/templates?notice=asked", 303);
  });

  app.get("/templates/:route/:code", async (request, reply) => {
    const { row, templates } = await templateOf(deps, request.params as { route: string; code: string });
    const view = templateView(row, templates);
    if (view === null) throw new Problem("template-not-found");
    return context.send(request, reply, {
      title: `Template ${view.code}`,
      place: "templates",
      main: html`<div class="crumb"><a href="/templates">Templates</a></div>
<div class="head"><h1>${view.code}</h1>${stateBadge(view)}</div>
<div class="card"><pre class="text">${view.text}</pre></div>
${view.buttons.length > 0 && html`<div class="scroll"><table><thead><tr><th>Button</th><th>Does</th><th>Leads to</th></tr></thead><tbody>${view.buttons.map(({ type, means, name, links }) => html`<tr><td>${name}</td><td>${type} ${means}</td><td class="wide">${links.join(", ")}</td></tr>`)}</tbody></table></div>`}
<p class="actions"><a class="button" href="${pathOf(view)}/preview">As KakaoTalk shows it</a></p>
${facts(view, clock)}
${view.comments.length > 0 && html`<h2>The inspectors' comments</h2><div class="card">${view.comments.map((comment) => html`<p>${comment}</p>`)}</div>`}`,
    });
  });

  app.get("/templates/:route/:code/preview", async (request, reply) => {
    const found = await templateOf(deps, request.params as { route: string; code: string });
    const { page } = templatePage(found, found.row.template);
    // The page brings a stricter policy of its own, with the hash of its one style.
    return reply
      .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .type("text/html; charset=utf-8")
      .send(page);
  });
}

type View = NonNullable<ReturnType<typeof templateView>>;

const actionNames: Readonly<Record<TemplateAction, string>> = {
  send: "Send by it",
  edit: "Edit it",
  delete: "Delete it",
  inquire: "Ask the inspector",
};

function facts(view: View, clock: Clock): Html {
  const actions = Object.entries(view.actions) as [TemplateAction, string | null][];
  const rows: [string, Html | string | null][] = [
    ["Name", view.name],
    ["Route", view.route],
    ["Channel", view.channel],
    ["Variables", view.variables.join(", ") || "none"],
    ...actions.map(([action, fault]): [string, Html | string] => [actionNames[action], fault ?? html`<b>yes</b>`]),
    ["First seen", clock.full(view.firstSeen)],
    ["Changed", clock.full(view.changedAt)],
  ];
  return html`<div class="card"><dl class="facts">${rows.map(([name, value]) => value !== null && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
}

function stateBadge({ means, state, actions }: View): Html {
  const look = actions.send === null ? "open" : state === "REJECT" ? "failed" : "paused";
  return html`<span class="state ${look}">${means}</span>`;
}

function pathOf({ route, code }: { route: string; code: string }): string {
  return `/templates/${encodeURIComponent(route)}/${encodeURIComponent(code)}`;
}
