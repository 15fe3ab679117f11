import type { NextRun, Schedule, ScheduleRun } from "@hikyaku/producer";
import type { FastifyInstance } from "fastify";
import { Problem } from "../problems/problem.ts";
import { formOf } from "../sign-in/read-form.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { number } from "./words.ts";

const pageSize = 100;
const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** `/schedules`: campaigns that are made by themselves, what is due and what became of it. */
export function schedulePages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { producer } = deps;

  app.get("/schedules", async (request, reply) => {
    const { after, notice } = request.query as { after?: string; notice?: string };
    const schedules = await producer.listSchedules({ limit: pageSize + 1, ...(after ? { after } : {}) });
    const last = schedules.length > pageSize ? schedules[pageSize - 1] : undefined;
    return context.send(request, reply, {
      title: "Schedules",
      place: "schedules",
      refreshMs: 10_000,
      main: html`<h1>Schedules</h1><p class="soft">Campaigns that are made and started by themselves, once on each of their days. They are made by <code>hikyaku schedule create</code> or the API.</p>
${notice === "deleted" && html`<p class="alert good">Deleted. Its campaigns stay.</p>`}
<div id="schedules" data-part>${schedules.length === 0 ? html`<div class="card empty">No schedule.</div>` : table(schedules.slice(0, pageSize))}</div>
${last && html`<p class="actions"><a class="button" href="/schedules?after=${encodeURIComponent(last.code)}">Next ${pageSize}</a></p>`}`,
    });
  });

  function table(schedules: readonly Schedule[]): Html {
    return html`<div class="scroll"><table><thead><tr><th>Schedule</th><th>State</th><th>When</th><th>Route</th><th class="number">Recipients</th><th class="number">Next run</th><th>Last run</th></tr></thead><tbody>${schedules.map(
      (each) =>
        html`<tr><td><a href="/schedules/${encodeURIComponent(each.code)}">${each.code}</a>${each.description !== "" && html`<br><span class="soft small">${each.description}</span>`}</td><td>${stateOf(each)}</td><td>${when(each)}</td><td class="short">${each.route}</td><td class="number">${each.recipients !== null && number(each.recipients)}</td><td class="number">${each.nextRuns[0] && clock.full(each.nextRuns[0].at)}</td><td>${each.lastRun && html`${each.lastRun.day} ${runState(each.lastRun)}`}</td></tr>`,
    )}</tbody></table></div>`;
  }

  app.get("/schedules/:code", async (request, reply) => {
    const { notice } = request.query as { notice?: string };
    const schedule = await find((request.params as { code: string }).code);
    const runs = await producer.scheduleRuns(schedule.code, { limit: pageSize });
    const { code, description, from, until, missed, route, recipients, template, nextRuns, updatedAt } = schedule;
    const path = `/schedules/${encodeURIComponent(code)}`;
    const options = Object.entries(template).filter(([name]) => !["route", "text", "content"].includes(name));
    const facts: (readonly [string, Html | string | null])[] = [
      ["When", html`${when(schedule)}, from ${from} until ${until}`],
      ["Route", route],
      ["Recipients", recipients === null ? "none yet" : number(recipients)],
      [
        "Missed runs",
        missed === "skip" ? "are skipped" : `are made up for within ${missed.replace("run-if-within ", "")}`,
      ],
      ...options.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const),
      ["Last change", clock.full(updatedAt)],
    ];
    const said = typeof template.text === "string" ? template.text : JSON.stringify(template.content, null, 2);
    return context.send(request, reply, {
      title: code,
      place: "schedules",
      refreshMs: 10_000,
      main: html`<div class="crumb"><a href="/schedules">Schedules</a></div><div class="head"><h1>${code}</h1>${stateOf(schedule)}</div>
${description !== "" && html`<p class="soft">${description}</p>`}
${notice !== undefined && Object.hasOwn(notices, notice) && html`<p class="alert good">${notices[notice]}</p>`}
${schedule.state === "no-recipients" && html`<p class="alert warn"><b>Nothing runs:</b> it has no recipients. Import them by <code>hikyaku schedule import ${code} FILE.csv</code> or the API.</p>`}
<div class="card"><dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>
<div class="actions">${schedule.state === "paused" ? form(`${path}/resume`, "Resume") : form(`${path}/pause`, "Pause")}<a class="button" href="${path}/delete">Delete …</a></div>
<h2>Content</h2><div class="card"><pre class="text">${said}</pre></div>
<h2>Next runs</h2><div id="next" data-part>${next(nextRuns)}</div>
<h2>Runs</h2><div id="runs" data-part>${history(runs)}</div>`,
    });
  });

  function next(runs: readonly NextRun[]): Html {
    if (runs.length === 0) return html`<div class="card empty">No run is due.</div>`;
    return html`<div class="scroll"><table><thead><tr><th>Day</th><th class="number">At</th></tr></thead><tbody>${runs.map(
      ({ day, at }) => html`<tr><td>${day}</td><td class="number">${clock.full(at)}</td></tr>`,
    )}</tbody></table></div>`;
  }

  function history(runs: readonly ScheduleRun[]): Html {
    if (runs.length === 0) return html`<div class="card empty">No run yet.</div>`;
    return html`<div class="scroll"><table><thead><tr><th>Day</th><th>State</th><th>Campaign</th><th class="number">Recipients</th><th>Reason</th><th class="number">Due</th></tr></thead><tbody>${runs.map(
      (run) =>
        html`<tr><td>${run.day}</td><td>${runState(run)}</td><td>${run.campaignKey && html`<a href="/campaigns/${encodeURIComponent(run.campaignKey)}">${run.campaignKey}</a>`}</td><td class="number">${run.recipients !== null && number(run.recipients)}</td><td class="wide">${run.reason}</td><td class="number">${clock.full(run.dueAt)}</td></tr>`,
    )}</tbody></table></div>`;
  }

  for (const [action, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const) {
    app.post(`/schedules/:code/${action}`, async (request, reply) => {
      const { code } = await find((request.params as { code: string }).code);
      await producer.editSchedule(code, { paused });
      deps.log.info({ user: request.session?.name, schedule: code, paused }, "schedule paused or resumed by a person");
      return reply.redirect(`/schedules/${encodeURIComponent(code)}?notice=${action}d`, 303);
    });
  }

  app.get("/schedules/:code/delete", async (request, reply) => {
    const { code } = await find((request.params as { code: string }).code);
    return context.send(request, reply, {
      title: `Delete ${code}`,
      place: "schedules",
      narrow: true,
      main: html`<div class="crumb"><a href="/schedules">Schedules</a></div><h1>Delete the schedule ${code}</h1>
<div class="card"><p>Nothing of it runs any more. Its recipients and the history of its runs are deleted for good; its campaigns stay.</p><p class="soft">To stop it for a while, pause it.</p></div>
<form class="line" method="post" action="/schedules/${encodeURIComponent(code)}/delete"><label>Type its code<input name="code" autocomplete="off" placeholder="${code}" required></label><button class="dangerous">Delete</button><a class="button" href="/schedules/${encodeURIComponent(code)}">Back</a></form>`,
    });
  });

  app.post("/schedules/:code/delete", async (request, reply) => {
    const { code } = await find((request.params as { code: string }).code);
    if (formOf(request).get("code")?.trim() !== code) {
      throw new Problem("invalid-request", { detail: "That is not the code of this schedule; nothing was deleted" });
    }
    await producer.deleteSchedule(code);
    deps.log.info({ user: request.session?.name, schedule: code }, "schedule deleted by a person");
    return reply.redirect("/schedules?notice=deleted", 303);
  });

  async function find(code: string): Promise<Schedule> {
    const schedule = await producer.findSchedule(code, { next: 5 });
    if (schedule === null) throw new Problem("schedule-not-found");
    return schedule;
  }
}

const notices: Record<string, string> = {
  paused: "Paused. Nothing is due until it is resumed.",
  resumed: "Resumed.",
};

const stateClasses: Record<Schedule["state"], string> = {
  active: "running",
  paused: "paused",
  "no-recipients": "paused",
  over: "finished",
};

function stateOf({ state }: Schedule): Html {
  return html`<span class="state ${stateClasses[state]}">${state}</span>`;
}

const runClasses: Record<ScheduleRun["state"], string> = {
  importing: "importing",
  started: "running",
  missed: "failed",
  failed: "failed",
};

function runState({ state }: ScheduleRun): Html {
  return html`<span class="state ${runClasses[state]}">${state}</span>`;
}

/** `Mon, Fri 10:00 Asia/Tokyo` */
function when({ weekdays, at, timeZone }: Schedule): string {
  return `${weekdays ? weekdays.map((day) => days[day - 1]).join(", ") : "every day"} ${at} ${timeZone}`;
}

function form(action: string, button: string): Html {
  return html`<form method="post" action="${action}"><button>${button}</button></form>`;
}
