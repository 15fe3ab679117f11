import { type UsageDivision, type UsagePart, usageBy, usageDivisions } from "@hikyaku/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { monthOf, monthPattern, monthsFrom } from "../usage/months.ts";
import { createUsageCache } from "../usage/usage-cache.ts";
import { usageCsv } from "../usage/usage-csv.ts";
import { type Html, html } from "./html.ts";
import type { PageContext } from "./page-context.ts";
import { number } from "./words.ts";

const names: Readonly<Record<UsageDivision, string>> = { route: "by route", campaign: "by campaign", day: "by day" };

interface Shown {
  month: string;
  by: UsageDivision;
  parts: UsagePart[];
  readAt: Date;
}

/** `GET /usage`: what the carrier counted in a month. `GET /usage.csv` is the same for a spreadsheet. */
export function usagePages(app: FastifyInstance, context: PageContext): void {
  const { config, ledger } = context.deps;
  const { timeZone } = config.console;
  const cache = createUsageCache({ sql: ledger.sql, timeZone });

  async function read(request: FastifyRequest): Promise<Shown> {
    const query = request.query as { month?: string; by?: string };
    const month = monthPattern.test(query.month ?? "") ? (query.month ?? "") : monthOf(new Date(), timeZone);
    const by = usageDivisions.find((each) => each === query.by) ?? "route";
    const { rows, readAt } = await cache.usageOf(month);
    return { month, by, parts: usageBy(by, rows), readAt };
  }

  app.get("/usage", async (request, reply) => {
    const shown = await read(request);
    const { month, by, parts, readAt } = shown;
    const link = (to: { month?: string; by?: UsageDivision }) => {
      const { month: inMonth, by: division } = { month, by, ...to };
      return `?month=${inMonth}&by=${division}`;
    };
    const now = monthOf(new Date(), timeZone);
    return context.send(request, reply, {
      title: `Usage ${month}`,
      place: "usage",
      main: html`<h1>Usage ${month}</h1>
<p class="soft">What the carrier accepted from the first to the last moment of the month in ${timeZone}, counted from the ledger; also of campaigns that were deleted since.</p>
<div class="actions"><a class="button" href="/usage${link({ month: monthsFrom(month, -1) })}">${monthsFrom(month, -1)}</a>${month < now && html`<a class="button" href="/usage${link({ month: monthsFrom(month, 1) })}">${monthsFrom(month, 1)}</a>`}<a class="button last" href="/usage.csv${link({})}">CSV</a></div>
<div class="chips">${usageDivisions.map(
        (each) =>
          html`<a href="/usage${link({ by: each })}"${each === by && html` aria-current="true"`}>${names[each]}</a>`,
      )}</div>
${parts.length === 0 ? html`<div class="card empty">Nothing was accepted in ${month}.</div>` : table(shown)}
<p class="small soft">As of ${context.clock.short(readAt)}</p>`,
    });
  });

  app.get("/usage.csv", async (request, reply) => {
    const shown = await read(request);
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="usage-${shown.month}-by-${shown.by}.csv"`)
      .send(usageCsv(shown));
  });
}

function table({ by, parts }: Shown): Html {
  const sum = (figure: "messages" | "segments") => parts.reduce((total, part) => total + part[figure], 0);
  const lead = { route: null, campaign: html`<th>Campaign</th>`, day: html`<th>Day</th>` }[by];
  return html`<div class="scroll"><table><thead><tr>${lead}<th>Route</th><th>Account</th><th>Channel</th><th class="number">Messages</th><th class="number">Billable parts</th></tr></thead><tbody>${parts.map(
    (part) =>
      html`<tr>${by === "day" && html`<td>${part.day}</td>`}${by === "campaign" && html`<td class="wide">${campaignOf(part)}</td>`}<td class="short">${part.route}</td><td>${part.account ?? "–"}</td><td>${part.channel ?? html`<span class="soft">not stated</span>`}</td><td class="number">${number(part.messages)}</td><td class="number">${number(part.segments)}</td></tr>`,
  )}<tr>${lead && html`<td></td>`}<td><b>all</b></td><td></td><td></td><td class="number"><b>${number(sum("messages"))}</b></td><td class="number"><b>${number(sum("segments"))}</b></td></tr></tbody></table></div>`;
}

function campaignOf({ campaignId, name, key }: UsagePart): Html {
  if (campaignId === null) return html`<span class="soft">single messages</span>`;
  return html`${name ?? key ?? campaignId}${key !== null && key !== name && html` <span class="soft small">${key}</span>`}`;
}
