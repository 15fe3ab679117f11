import { maskNumber, type RecordedOverride } from "@hikyaku/core";
import {
  findCampaign,
  findMessage,
  findOtherLeg,
  listInbound,
  type MessageRow,
  messageHistory,
  plannedFallbackAt,
} from "@hikyaku/ledger";
import { renderedText } from "@hikyaku/views";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { stateMeanings } from "../campaigns/state-meanings.ts";
import { Problem } from "../problems/problem.ts";
import { type Html, html } from "./html.ts";
import { inboundTable } from "./inbound.ts";
import type { PageContext } from "./page-context.ts";

/** `/messages/{id}`: what became of one message. Number and text are shown on purpose, by a click, and that is logged. */
export function messagePages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  async function show(request: FastifyRequest, reply: FastifyReply, isRevealed: boolean): Promise<FastifyReply> {
    const { id } = request.params as { id: string };
    const message = await findMessage(sql, { id });
    if (!message) throw new Problem("message-not-found");
    const [history, other, replies, campaign] = await Promise.all([
      messageHistory(sql, { id: message.id }),
      findOtherLeg(sql, message),
      listInbound(sql, { messageId: message.id, limit: 100 }),
      message.campaignId === null ? null : findCampaign(sql, { id: message.campaignId }),
    ]);
    const text = isRevealed ? await renderedText({ sql, findProvider: deps.findProvider }, message) : null;
    if (isRevealed) deps.log.info({ user: request.session?.name, messageId: id }, "number and text shown to a person");
    return context.send(request, reply, {
      title: "Message",
      place: "recipients",
      main: html`<div class="crumb">${campaign ? html`<a href="/">Campaigns</a> / <a href="/campaigns/${campaign.id}">${campaign.name}</a>` : html`<a href="/recipients">Recipients</a>`}</div>
<div class="head"><h1>${isRevealed ? message.recipient : maskNumber(message.recipient)}</h1><span class="state ${message.state}">${message.state}</span></div>
<p class="soft">${stateMeanings[message.state]}${message.reason && html` ${message.reason}`}</p>
${
  isRevealed
    ? html`<h2>Text</h2><div class="card"><pre class="text">${text ?? "It cannot be rendered any more."}</pre></div>`
    : html`<form method="post" action="/messages/${message.id}" class="actions"><button>Show number and text</button><span class="soft small">Who looks is logged.</span></form>`
}
<h2>History</h2>
<div class="scroll"><table><thead><tr><th>When</th><th>What</th><th></th></tr></thead><tbody>${history.map(
        ({ at, what, detail }) =>
          html`<tr><td>${clock.full(at)}</td><td>${what}</td><td class="wide">${detail}</td></tr>`,
      )}</tbody></table></div>
${isRevealed && replies.length > 0 && html`<h2>What its recipient answered</h2>${inboundTable(replies, clock)}`}
<h2>Facts</h2>${facts(message, other)}`,
    });
  }

  /** How it stands to its other leg; null where there is none and none can come. */
  function legText(message: MessageRow, other: MessageRow | null): Html | null {
    const link = other && html`<a href="/messages/${other.id}">${other.state}</a>`;
    if (message.leg === 2) return html`second, follows the first, which is ${link ?? "gone"}`;
    if (other) return html`first; the second is ${link}`;
    if (message.fallbackAfterMs === null) return null;
    const at = plannedFallbackAt(message);
    return at ? html`first; the second follows at ${clock.full(at)} unless it has arrived` : html`first`;
  }

  function facts(message: MessageRow, other: MessageRow | null): Html {
    const rows: [string, Html | string | number | null][] = [
      ["Id", html`<code>${message.id}</code>`],
      ["Route", message.route],
      [
        "Kind",
        message.campaignId === null
          ? "single message"
          : `line ${message.line ?? "–"} of the list, round ${message.round}`,
      ],
      ["Leg", legText(message, other)],
      ["Class", message.class],
      ["Rules set aside", message.overrides?.map(overrideText).join("; ") ?? null],
      ["Consent", consentOf(message)],
      ["Idempotency key", message.idempotencyKey],
      ["Billable parts", message.segments],
      ["Channel", message.channel],
      ["Carrier's id", message.providerMessageId && html`<code>${message.providerMessageId}</code>`],
      ["Attempts", message.attempts],
      ["Status checks", message.checks],
      ["Not sent after", message.validUntil && clock.full(message.validUntil)],
    ];
    return html`<div class="card"><dl class="facts">${rows.map(([name, value]) => value !== null && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
  }

  function consentOf({ consentAt, consentSource }: MessageRow): Html | null {
    if (consentAt === null && consentSource === null) return null;
    return html`${consentAt && clock.full(consentAt)} ${consentSource}`;
  }

  app.get("/messages/:id", (request, reply) => show(request, reply, false));
  app.post("/messages/:id", (request, reply) => show(request, reply, true));
}

function overrideText({ rule, reason, by }: RecordedOverride): string {
  return `${rule}: ${reason} (${by})`;
}
