import { maskNumber } from "@hikyaku/core";
import { listInbound, listSuppressions, messagesOfRecipient, type SuppressionRow } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import { openNumberReader } from "../recipients/read-number.ts";
import { formOf } from "../sign-in/read-form.ts";
import { messageTable } from "./campaign-lists.ts";
import { type Html, html } from "./html.ts";
import { inboundTable } from "./inbound.ts";
import type { PageContext } from "./page-context.ts";

const mostShown = 200;

/**
 * `/recipients`: everything about one number. It travels in the body of a form, so that it stands in no address, history or
 * log of a proxy.
 */
export function recipientPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/recipients", async (request, reply) => {
    return context.send(request, reply, { title: "Recipients", place: "recipients", main: searchForm() });
  });

  app.post("/recipients", async (request, reply) => {
    const raw = formOf(request).get("to") ?? "";
    const number = (await openNumberReader({ sql, findProvider: deps.findProvider }))(raw);
    if (!number.ok) {
      return context.send(request, reply, {
        title: "Recipients",
        place: "recipients",
        main: html`${searchForm()}<p class="alert warn">This is not a number that can be messaged: ${number.reason}.</p>`,
      });
    }
    const { recipient } = number;
    const [messages, suppressions, replies] = await Promise.all([
      messagesOfRecipient(sql, { recipient, limit: mostShown }),
      suppressionsOf(recipient),
      listInbound(sql, { recipient, limit: mostShown }),
    ]);
    deps.log.info({ user: request.session?.name, to: maskNumber(recipient) }, "recipient looked up by a person");
    return context.send(request, reply, {
      title: "Recipients",
      place: "recipients",
      main: html`${searchForm()}<h2>${maskNumber(recipient)}</h2>
${suppressions.length === 0 ? html`<p>Not suppressed.</p>` : suppressions.map((row) => suppressed(row))}
${messageTable(messages, clock)}
${messages.length === mostShown && html`<p class="soft">The newest ${mostShown}.</p>`}
${replies.length > 0 && html`<h2>What they answered</h2>${inboundTable(replies, clock)}`}`,
    });
  });

  async function suppressionsOf(recipient: string): Promise<SuppressionRow[]> {
    const rows = await listSuppressions(sql, { limit: 100, after: { recipient, route: "" } });
    return rows.filter((row) => row.recipient === recipient);
  }

  function suppressed({ recipient, route, reason, source, createdAt }: SuppressionRow): Html {
    return html`<div class="alert warn"><b>Suppressed</b> ${route === "*" ? "on every route" : `on ${route}`} since ${clock.full(createdAt)} by ${source}${reason !== "" && `: ${reason}`}.
<form method="post" action="/suppressions/lift"><input type="hidden" name="recipient" value="${recipient}"><input type="hidden" name="route" value="${route}"><button class="link">Lift</button></form></div>`;
  }
}

function searchForm(): Html {
  return html`<h1>Recipients</h1><p class="soft">Everything ever sent, or to be sent, to one number.</p>
<form class="line" method="post" action="/recipients"><label>Phone number<input name="to" inputmode="tel" placeholder="090-1234-5678" autocomplete="off" required autofocus></label><button class="primary">Look up</button></form>`;
}
