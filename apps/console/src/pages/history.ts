import { maskNumber, messageStates, occurrencesAfter } from "@hikyaku/core";
import { listRoutes, type MessageFilter, requestStates, searchMessages } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { lookForCampaign } from "../api/campaigns/find-by-name.ts";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { sendExport } from "../api/messages/send-export.ts";
import { messageTable } from "./campaign-lists.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";

const pageSize = 50;
const position = z.strictObject({ before: z.uuid() });

/** What the form asks for, as it was typed; a field that is empty asks for nothing. */
const fields = ["from", "until", "route", "campaign", "state", "request", "template", "requestId"] as const;
type Asked = Partial<Record<(typeof fields)[number], string>>;

type Read = { filter: MessageFilter; fault: null } | { filter: null; fault: string };

/**
 * `GET /history`: the messages of all carriers, by period, route, campaign, state, template and the carrier's ids. `GET /history.csv` is all
 * that is found, for a spreadsheet, with the numbers masked as on the page. A number is looked for on its own page, whose address does
 * not tell it.
 */
export function historyPages(app: FastifyInstance, context: PageContext, stopping: AbortSignal): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;
  const { timeZone } = deps.config.console;

  app.get("/history", async (request, reply) => {
    const asked = askedFor(request.query);
    const { cursor } = request.query as { cursor?: string };
    const [routes, read] = await Promise.all([listRoutes(sql), readFilter(asked)]);
    const form = searchForm(
      asked,
      routes.map(({ name }) => name),
    );
    const found =
      read.filter === null
        ? null
        : await searchMessages(sql, { ...read.filter, limit: pageSize, ...readCursor(position, cursor) });
    return context.send(request, reply, {
      title: "History",
      place: "history",
      main: html`<h1>History</h1><p class="soft">The messages of all routes, newest first. Everything of one number: <a href="/recipients">Recipients</a>.</p>
${form}
${found === null ? html`<p class="alert warn">${read.fault}</p>` : messageTable(found.rows, clock)}
${found?.before && html`${found.rows.length < pageSize && html`<p class="soft">So much was looked through; there are older ones.</p>`}<p class="actions"><a class="button" href="/history${queryOf({ ...asked, cursor: cursorOf({ before: found.before }) })}">Older</a></p>`}`,
    });
  });

  app.get("/history.csv", async (request, reply) => {
    const asked = askedFor(request.query);
    const { filter, fault } = await readFilter(asked);
    if (filter === null) return reply.code(422).type("text/plain; charset=utf-8").send(`${fault}\n`);
    deps.log.info({ user: request.session?.name }, "history exported by a person");
    return sendExport(reply, deps, {
      ...{ filter, format: "csv", stopping },
      shown: (message) => ({ ...messageView(message), to: maskNumber(message.recipient) }),
    });
  });

  async function readFilter({
    from,
    until,
    route,
    campaign,
    state,
    request,
    template,
    requestId,
  }: Asked): Promise<Read> {
    const begin = from === undefined ? undefined : beginOf(from, timeZone);
    const end = until === undefined ? undefined : beginOf(nextDay(until), timeZone);
    if (begin === null) return { filter: null, fault: `“${from}” is no day; write it as 2026-11-26.` };
    if (end === null) return { filter: null, fault: `“${until}” is no day; write it as 2026-11-26.` };
    const of = campaign === undefined ? undefined : await lookForCampaign(sql, campaign);
    if (of === null) return { filter: null, fault: `No campaign has the id or key “${campaign}”.` };
    const inState = messageStates.find((each) => each === state);
    const cameTo = requestStates.find((each) => each === request);
    const filter: MessageFilter = {
      ...(begin && { from: begin }),
      ...(end && { until: end }),
      ...(route && { route }),
      ...(of && { campaignId: of.id }),
      ...(inState && { state: inState }),
      ...(cameTo && { request: cameTo }),
      ...(template && { templateCode: template }),
      ...(requestId && { requestId }),
    };
    return { filter, fault: null };
  }
}

function askedFor(query: unknown): Asked {
  const given = query as Record<string, unknown>;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = given[field];
      return typeof value === "string" && value.trim() !== "" ? [[field, value.trim()]] : [];
    }),
  );
}

/** The first moment of a day in the zone; null when there is no such day. */
function beginOf(day: string, timeZone: string): Date | null {
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return null;
  const [first] = occurrencesAfter({ at: "00:00", timeZone, from: day, until: day }, new Date(0));
  return first?.at ?? null;
}

function nextDay(day: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(midnight) ? day : new Date(midnight + 86_400_000).toISOString().slice(0, 10);
}

function queryOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]));
  return query.size === 0 ? "" : `?${query}`;
}

const requestNames: Readonly<Record<(typeof requestStates)[number], string>> = {
  accepted: "taken by the carrier",
  refused: "refused or given up",
  open: "neither yet",
};

function searchForm(asked: Asked, routes: readonly string[]): Html {
  const choice = (name: keyof Asked, label: string, options: readonly (readonly [string, string])[]) =>
    html`<label>${label}<select name="${name}"><option value="">any</option>${options.map(
      ([value, shown]) => html`<option value="${value}"${value === asked[name] && html` selected`}>${shown}</option>`,
    )}</select></label>`;
  const text = (name: keyof Asked, label: string, type = "text") =>
    html`<label>${label}<input name="${name}" type="${type}" value="${asked[name] ?? ""}" autocomplete="off"></label>`;
  return html`<form class="line" method="get" action="/history">
${text("from", "From", "date")}${text("until", "Until", "date")}
${choice(
  "route",
  "Route",
  routes.map((route) => [route, route] as const),
)}${text("campaign", "Campaign (id or key)")}
${choice(
  "state",
  "State",
  messageStates.map((state) => [state, state] as const),
)}${choice(
  "request",
  "Request",
  requestStates.map((state) => [state, requestNames[state]] as const),
)}
${text("template", "Template code")}${text("requestId", "Carrier's id")}
<button class="primary">Search</button><a class="button" href="/history.csv${queryOf(asked)}">CSV</a></form>`;
}
