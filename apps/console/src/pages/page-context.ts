import { type EndpointRow, listEndpoints } from "@hikyaku/ledger";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ConsoleDeps } from "../console-deps.ts";
import type { ReportCache } from "../progress/report-cache.ts";
import type { PaceWatch } from "../progress/watch-pace.ts";
import { type RouteState, routeStates } from "../routes/route-states.ts";
import { type Html, html } from "./html.ts";
import { layout, type Page } from "./layout.ts";
import { type Clock, plural, span } from "./words.ts";

/** What every page is made with. */
export interface PageContext {
  readonly deps: ConsoleDeps;
  readonly clock: Clock;
  readonly pace: PaceWatch;
  readonly reports: ReportCache;
  /** Answers a page to somebody who is signed in, with what every page says of the system. */
  send(request: FastifyRequest, reply: FastifyReply, page: Page): Promise<FastifyReply>;
}

export function createPageContext(parts: Omit<PageContext, "send">): PageContext {
  const { deps, clock } = parts;
  return {
    ...parts,
    async send(request, reply, page) {
      const [routes, endpoints] = await Promise.all([routeStates(deps), listEndpoints(deps.ledger.sql)]);
      const alerts = [
        ...routes.flatMap((route) => heldAlert(route, clock)),
        ...endpoints.flatMap((endpoint) => givenUpAlert(endpoint, clock)),
        ...(await redisAlert(deps)),
      ];
      const unknown = routes.reduce((sum, route) => sum + route.unknown, 0);
      const text = layout(page, { user: request.session?.name ?? null, unknown, alerts, zone: clock.zone });
      return reply.type("text/html; charset=utf-8").send(text);
    },
  };
}

function heldAlert({ name, held, queued }: RouteState, clock: Clock): Html[] {
  if (!held) return [];
  const probe = held.nextProbeAt ? html` It tries again by itself at ${clock.short(held.nextProbeAt)}.` : null;
  return [
    html`<p class="alert danger"><b>Route ${name} is held</b> since ${clock.short(held.since)} (${span(Date.now() - held.since.getTime())}): ${held.reason ?? held.cause} – ${plural(queued, "message")} wait.${probe} <a href="/routes">Routes</a></p>`,
  ];
}

function givenUpAlert({ name, disabledAt, lastError }: EndpointRow, clock: Clock): Html[] {
  if (!disabledAt) return [];
  const whose = name === "*" ? "the place for events" : html`the place for events of ${name}`;
  return [
    html`<p class="alert danger"><b>Events are not told:</b> ${whose} was given up at ${clock.short(disabledAt)}: ${lastError}. They wait until a person enables it. <a href="/events">Events</a></p>`,
  ];
}

async function redisAlert(deps: ConsoleDeps): Promise<Html[]> {
  const fault = await deps.connections
    .impatient()
    .ping()
    .then(
      () => null,
      () => "does not answer",
    );
  if (fault === null) return [];
  return [
    html`<p class="alert danger"><b>Redis ${fault}.</b> Nothing is sent until it is back; nothing is lost: every message stands in the ledger, and sending goes on by itself.</p>`,
  ];
}
