import { maskNumber } from "@hikyaku/core";
import { type EndpointView, endpointStates, eventBody } from "@hikyaku/engine";
import {
  type EventRow,
  type EventSelection,
  type EventState,
  enableEndpoint,
  eventStates,
  findEvent,
  listEvents,
  replayEvents,
} from "@hikyaku/ledger";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { cursorOf, readCursor } from "../api/cursor.ts";
import { Problem } from "../problems/problem.ts";
import { formOf } from "../sign-in/read-form.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { number, plural, span } from "./words.ts";

const pageSize = 100;
const ids = z.array(z.uuid()).min(1).max(pageSize);
const position = z.strictObject({ before: z.uuid() });

/** `/events`: what is told to the user's own systems, and telling it again. */
export function eventPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/events", async (request, reply) => {
    const query = request.query as { state?: string; cursor?: string; replayed?: string; enabled?: string };
    const state = eventStates.find((each) => each === query.state);
    const [endpoints, rows] = await Promise.all([
      endpointStates({ sql, config: deps.config }),
      listEvents(sql, { limit: pageSize + 1, ...readCursor(position, query.cursor), ...(state ? { state } : {}) }),
    ]);
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    const replayed = Number(query.replayed);
    const filter = state ? `state=${state}&` : "";
    return context.send(request, reply, {
      title: "Events",
      place: "events",
      main: html`<h1>Events</h1><p class="soft">What is told to your own systems: what end users do, and the changes of messages that <code>events.kinds</code> asks for. What is not taken is tried again, and waits in the ledger.</p>
${query.replayed !== undefined && Number.isInteger(replayed) && html`<p class="alert good">${plural(replayed, "event")} will be told again.</p>`}
${query.enabled !== undefined && html`<p class="alert good">Events go there again.</p>`}
${endpoints.length === 0 ? html`<div class="card empty">Nothing is told to anybody: no <code>events.url</code> is configured, or no poller has started with it.</div>` : endpoints.map(card)}
<div class="chips">${[undefined, ...eventStates].map(
        (each) =>
          html`<a href="${each ? `/events?state=${each}` : "/events"}"${each === state && html` aria-current="true"`}>${each ?? "all"}</a>`,
      )}</div>
${
  rows.length === 0
    ? html`<div class="card empty">No event.</div>`
    : html`<form method="post" action="/events/replay">${table(rows.slice(0, pageSize))}<div class="actions"><button name="what" value="selected">Tell the selected again</button>${state === "failed" && html`<button name="what" value="failed">Tell all that failed again</button>`}</div></form>`
}
${last && html`<p class="actions"><a class="button" href="/events?${filter}cursor=${cursorOf({ before: last.id })}">Next ${pageSize}</a></p>`}`,
    });
  });

  function card(endpoint: EndpointView): Html {
    const { name, origin, routes, pending, oldestPendingSeconds, failingSince, disabledAt, lastError } = endpoint;
    const state = disabledAt ? "held" : failingSince ? "unknown" : "open";
    const word = disabledAt ? "given up" : failingSince ? "takes nothing" : "works";
    return html`<section class="card"><div class="row"><div><span class="name">${name === "*" ? "every route" : name}</span> <span class="state ${state}">${word}</span> <span class="soft small">${origin ?? "not in this console's configuration"}</span></div>
${disabledAt && html`<form method="post" action="/events/enable"><input type="hidden" name="endpoint" value="${name}"><button>Enable</button></form>`}</div>
${disabledAt && html`<p class="alert danger"><b>Given up</b> at ${clock.full(disabledAt)}: ${lastError}. Its events wait until a person enables it.</p>`}
${!disabledAt && failingSince && html`<p class="alert warn">It takes nothing since ${clock.short(failingSince)}: ${lastError}. It is tried again by itself.</p>`}
<p class="small">${routes === null ? "" : html`Routes: ${routes.join(", ")}. `}${plural(pending, "event")} wait${oldestPendingSeconds > 0 && `, the oldest for ${span(oldestPendingSeconds * 1_000)}`}.</p></section>`;
  }

  function table(rows: readonly EventRow[]): Html {
    return html`<div class="scroll"><table><thead><tr><th><input type="checkbox" data-all="id" aria-label="Select all" hidden></th><th>Type</th><th>About</th><th>State</th><th class="number">Tries</th><th>Last answer</th><th>Route</th><th class="number">Next try</th><th class="number">When</th></tr></thead><tbody>${rows.map(
      (event) =>
        html`<tr><td><input type="checkbox" name="id" value="${event.id}" aria-label="Select"></td><td><a href="/events/${event.id}">${event.type}</a></td><td>${event.recipient && maskNumber(event.recipient)}</td><td><span class="state ${stateClasses[event.state]}">${event.state}</span></td><td class="number">${number(event.attempts)}</td><td class="wide">${event.error ?? event.httpStatus}</td><td class="short">${event.route}</td><td class="number">${event.dueAt && clock.short(event.dueAt)}</td><td class="number">${clock.short(event.at)}</td></tr>`,
    )}</tbody></table></div>`;
  }

  // Asks first; does it when the answer comes back with `sure`.
  app.post("/events/replay", async (request, reply) => {
    const form = formOf(request);
    const isAll = form.get("what") === "failed";
    const chosen = ids.safeParse(form.getAll("id"));
    if (!isAll && !chosen.success) throw new Problem("invalid-request", { detail: "Select at least one event" });
    const selection: EventSelection = isAll ? { state: "failed" } : { ids: chosen.data ?? [] };
    if (form.get("sure") === "yes") {
      const events = await replayEvents(sql, selection);
      deps.log.info({ user: request.session?.name, events }, "events told again by a person");
      return reply.redirect(`/events?replayed=${events}`, 303);
    }
    const what = "ids" in selection ? plural(selection.ids.length, "event") : "all that failed";
    return context.send(request, reply, {
      title: "Tell again",
      place: "events",
      narrow: true,
      main: html`<div class="crumb"><a href="/events">Events</a></div><h1>Tell again: ${what}</h1>
<div class="card"><p>They keep their ids (<code>webhook-id</code>), so that your system recognises what it has taken already. Those that wait are told at once.</p></div>
<form method="post" action="/events/replay" class="actions"><input type="hidden" name="sure" value="yes"><input type="hidden" name="what" value="${isAll ? "failed" : "selected"}">${"ids" in selection && selection.ids.map((id) => html`<input type="hidden" name="id" value="${id}">`)}<button class="primary">Tell again</button><a class="button" href="/events">Back</a></form>`,
    });
  });

  app.post("/events/enable", async (request, reply) => {
    const name = formOf(request).get("endpoint") ?? "";
    if (!(await enableEndpoint(sql, { name }))) throw new Problem("endpoint-not-found");
    deps.log.info({ user: request.session?.name, endpoint: name }, "place for events enabled by a person");
    return reply.redirect("/events?enabled=yes", 303);
  });

  async function show(request: FastifyRequest, reply: FastifyReply, isRevealed: boolean): Promise<FastifyReply> {
    const { id } = request.params as { id: string };
    const event = await findEvent(sql, { id });
    if (!event) throw new Problem("event-not-found");
    const body = isRevealed ? eventBody(event) : null;
    if (isRevealed) deps.log.info({ user: request.session?.name, eventId: id }, "event shown in full to a person");
    const rows: [string, Html | string | number | null][] = [
      ["About", event.recipient && maskNumber(event.recipient)],
      ["Route", event.route],
      ["Happened", clock.full(event.at)],
      ["Tries", event.attempts],
      ["Last try", event.lastAttemptAt && clock.full(event.lastAttemptAt)],
      ["Last answer", event.error ?? event.httpStatus],
      ["Next try", event.dueAt && clock.full(event.dueAt)],
      ["Taken", event.deliveredAt && clock.full(event.deliveredAt)],
      ["Given up", event.failedAt && clock.full(event.failedAt)],
      ["Message", event.messageId && html`<a href="/messages/${event.messageId}">this message</a>`],
      ["Reply", event.inboundId && html`<a href="/inbound/${event.inboundId}">this reply</a>`],
      [
        "Campaign",
        event.campaignId && html`<a href="/campaigns/${event.campaignId}">${event.campaignKey ?? "this campaign"}</a>`,
      ],
      ["Id (webhook-id)", html`<code>${event.id}</code>`],
    ];
    return context.send(request, reply, {
      title: "Event",
      place: "events",
      main: html`<div class="crumb"><a href="/events">Events</a></div><div class="head"><h1>${event.type}</h1><span class="state ${stateClasses[event.state]}">${event.state}</span></div>
<div class="card"><dl class="facts">${rows.map(([name, value]) => value !== null && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>
${
  isRevealed
    ? html`<h2>Body</h2><div class="card"><pre class="text">${body === null ? "What it tells has been deleted." : JSON.stringify(JSON.parse(body), null, 2)}</pre></div>`
    : html`<form method="post" action="/events/${event.id}" class="actions"><button>Show the body</button><span class="soft small">Number and text stand in it; who looks is logged.</span></form>`
}
<form method="post" action="/events/replay" class="actions"><input type="hidden" name="what" value="selected"><input type="hidden" name="id" value="${event.id}"><button>Tell it again</button></form>`,
    });
  }

  app.get("/events/:id", (request, reply) => show(request, reply, false));
  app.post("/events/:id", (request, reply) => show(request, reply, true));
}

/** Colours of the pages' states that mean the same. */
const stateClasses: Record<EventState, string> = { pending: "queued", delivered: "delivered", failed: "failed" };
