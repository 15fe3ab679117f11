import { findRoute, holdRoute, releaseRoute } from "@hikyaku/ledger";
import type { SendQueue } from "@hikyaku/queue";
import type { FastifyInstance } from "fastify";
import { actorOf } from "../api/actor.ts";
import { Problem } from "../problems/problem.ts";
import type { RouteQueues } from "../queues/open-queues.ts";
import { type RouteState, routeStates } from "../routes/route-states.ts";
import { formOf } from "../sign-in/read-form.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { limitText, number, perSecond, plural, span } from "./words.ts";

/** What Redis knows of a route; null while it does not answer. */
interface QueueState {
  /** Worker processes that are connected. */
  workers: number;
  campaignMessages: number;
  singleMessages: number;
}

/** `GET /routes`, and holding and releasing one. */
export function routePages(app: FastifyInstance, context: PageContext, queues: RouteQueues): void {
  const { deps, clock, pace } = context;
  const { sql } = deps.ledger;

  app.get("/routes", async (request, reply) => {
    pace.look();
    const routes = await routeStates(deps);
    const states = await Promise.all(
      routes.map(async (route) => [route, await queueState(queues.byRoute.get(route.name))] as const),
    );
    return context.send(request, reply, {
      title: "Routes",
      place: "routes",
      refreshMs: 2_000,
      main: html`<h1>Routes</h1><p class="soft">One sender account at a carrier each, with its limits.</p>
<div id="routes" data-part>${
        states.length === 0
          ? html`<div class="card empty">No route yet. A route is published when a worker starts with it.</div>`
          : states.map(([route, queue]) => card(route, queue))
      }</div>`,
    });
  });

  function card(route: RouteState, queue: QueueState | null): Html {
    const { name, held, limits, queued } = route;
    const rate = pace.rateOfRoute(name);
    const starved = queue?.workers === 0 && queued > 0 && !held;
    return html`<section class="card"><div class="row"><div><span class="name">${name}</span> <span class="state ${held ? "held" : "open"}">${held ? "held" : "open"}</span> <span class="soft small">${route.provider}</span></div>
<div><a class="button" href="/routes/${encodeURIComponent(name)}/${held ? "release" : "hold"}">${held ? "Release" : "Hold"}</a></div></div>
${held && html`<p class="alert danger"><b>Held</b> since ${clock.short(held.since)} (${held.cause}): ${held.reason} –${held.nextProbeAt ? html` one message tries again at ${clock.short(held.nextProbeAt)}.` : html` only a person can release it.`}</p>`}
${starved && html`<p class="alert danger"><b>No worker is connected</b> and ${plural(queued, "message")} wait. Start one.</p>`}
<div class="tiles">
<div class="tile"><span>Rate now</span><strong>${rate === null ? "…" : perSecond(rate)}</strong><span>${limits === null ? "not in this console's configuration" : limits.tps === null ? "no limit" : `limit ${limitText({ ...limits, tps: limits.tps })}`}</span></div>
<div class="tile"><span>Waiting to be sent</span><strong>${number(queued)}</strong><span>${route.oldestQueuedSeconds > 0 ? `the oldest for ${span(route.oldestQueuedSeconds * 1_000)}` : "nothing waits"}</span></div>
<div class="tile"><span>At the gateway</span><strong>${number(route.sending)}</strong><span>${limits === null ? "" : `limit ${number(limits.concurrency)} at once`}</span></div>
<div class="tile"><span>Workers connected</span><strong>${queue === null ? "?" : number(queue.workers)}</strong><span>${queue === null ? "Redis does not answer" : "processes"}</span></div>
</div>
<dl class="facts small">
<dt>In the queue now</dt><dd>${queue === null ? "unknown" : html`${number(queue.campaignMessages)} of campaigns, ${number(queue.singleMessages)} single <a href="/queues">Queues</a>`}</dd>
<dt>Unknown outcome</dt><dd>${route.unknown === 0 ? "none" : html`<a href="/unknown?route=${encodeURIComponent(name)}">${number(route.unknown)}</a>`}</dd>
<dt>Status checks due</dt><dd>${number(route.checksDue)}</dd>
<dt>Receipts not yet applied</dt><dd>${number(route.receiptsPending)}</dd>
<dt>Replies</dt><dd><a href="/inbound?route=${encodeURIComponent(name)}">what end users did</a></dd>
<dt>Connection test</dt><dd>${route.hooks.length === 0 ? "no notification URL was ever tried" : route.hooks.map(hookLine)}</dd>
</dl></section>`;
  }

  function hookLine({ kind, testedAt, testedFrom, unrecognisedAt }: RouteState["hooks"][number]): Html {
    const url = kind === "any" ? "URL of every kind" : kind;
    const passed = testedAt
      ? html`answered 200 at ${clock.full(testedAt)}, from ${testedFrom ?? "somewhere"} (an empty notification looks the same)`
      : "none came";
    return html`<div>${url}: ${passed}${unrecognisedAt && html`; a body that nobody understood was answered 200 at ${clock.full(unrecognisedAt)}${!testedAt && " (the carrier's test may look like that)"}`}</div>`;
  }

  async function show(name: string): Promise<RouteState> {
    const found = (await routeStates(deps)).find((route) => route.name === name);
    if (!found) throw new Problem("route-not-found");
    return found;
  }

  app.get("/routes/:route/:action", async (request, reply) => {
    const { route: name, action } = request.params as { route: string; action: string };
    if (action !== "hold" && action !== "release") throw new Problem("not-found");
    const route = await show(name);
    const isHold = action === "hold";
    return context.send(request, reply, {
      title: `${isHold ? "Hold" : "Release"} ${name}`,
      place: "routes",
      narrow: true,
      main: html`<div class="crumb"><a href="/routes">Routes</a></div><h1>${isHold ? "Hold" : "Release"} ${name}</h1>
<div class="card">${
        isHold
          ? html`<p>Nothing goes out on this route, neither campaigns nor single messages, until a person releases it. ${number(route.queued)} wait; ${number(route.sending)} are at the gateway at this moment and will finish. Receipts still come in.</p>`
          : html`<p>${plural(route.queued, "message")} go out again${route.held && html`. It was held because: ${route.held.reason ?? route.held.cause}`}.</p><p class="soft">If the cause is still there, the route is held again at the next refusal, and no message is harmed.</p>`
      }</div>
<form method="post" class="stack"><label>${isHold ? "Reason, for whoever comes next" : "Why, for the audit"}<input name="reason" maxlength="200" required></label>
<div class="actions"><button class="primary">${isHold ? "Hold" : "Release"}</button><a class="button" href="/routes">Back</a></div></form>`,
    });
  });

  app.post("/routes/:route/:action", async (request, reply) => {
    const { route, action } = request.params as { route: string; action: string };
    if (!(await findRoute(sql, route))) throw new Problem("route-not-found");
    const user = request.session?.name ?? "";
    const given = formOf(request).get("reason")?.slice(0, 200) ?? "";
    if (action === "hold") {
      const reason = `${given || "no reason given"} (${user})`;
      await holdRoute(sql, { route, cause: "operator", reason, probeInMs: deps.config.hold.probeEveryMs });
    } else if (action === "release") await releaseRoute(sql, { route, by: { actor: actorOf(request), reason: given } });
    else throw new Problem("not-found");
    deps.log.info({ route, action, user }, "route action by a person");
    return reply.redirect("/routes", 303);
  });
}

async function queueState(queue: SendQueue | undefined): Promise<QueueState | null> {
  if (!queue) return null;
  try {
    const [workers, depth] = await Promise.all([queue.queues.campaign.getWorkersCount(), queue.depth()]);
    return { workers, campaignMessages: depth.campaign.waitingMessages, singleMessages: depth.single.waitingMessages };
  } catch {
    return null;
  }
}
