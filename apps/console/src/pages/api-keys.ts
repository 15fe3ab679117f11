import { createApiKey, listApiKeys, revokeApiKey } from "@hikyaku/ledger";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { Problem } from "../problems/problem.ts";
import { readPart } from "../problems/request-faults.ts";
import { formOf } from "../sign-in/read-form.ts";
import { html } from "./html.ts";
import type { PageContext } from "./page-context.ts";

/** `/api-keys`: what programs sign in with. */
export function apiKeyPages(app: FastifyInstance, context: PageContext): void {
  const { deps, clock } = context;
  const { sql } = deps.ledger;

  app.get("/api-keys", async (request, reply) => {
    const keys = (await listApiKeys(sql)).toReversed();
    return context.send(request, reply, {
      title: "API keys",
      place: "api-keys",
      main: html`<h1>API keys</h1><p class="soft">What programs carry to use the <a href="/docs">HTTP API</a>. One for each program, so that one can be revoked alone.</p>
<form class="line" method="post" action="/api-keys"><label>Name of the program<input name="name" maxlength="100" placeholder="shop backend" required></label><button class="primary">Make a key</button></form>
${
  keys.length === 0
    ? html`<div class="card empty">No key yet.</div>`
    : html`<div class="scroll"><table><thead><tr><th>Name</th><th>State</th><th class="number">Made</th><th class="number">Last used</th><th></th></tr></thead><tbody>${keys.map(
        ({ id, name, createdAt, lastUsedAt, revokedAt }) =>
          html`<tr${revokedAt && html` class="none"`}><td class="wide">${name}</td><td>${revokedAt ? html`revoked ${clock.short(revokedAt)}` : html`<span class="state open">valid</span>`}</td><td class="number">${clock.short(createdAt)}</td><td class="number">${lastUsedAt ? clock.short(lastUsedAt) : "never"}</td><td class="right">${
            revokedAt
              ? null
              : html`<form method="post" action="/api-keys/revoke"><input type="hidden" name="id" value="${id}"><input type="hidden" name="name" value="${name}"><button class="link">Revoke</button></form>`
          }</td></tr>`,
      )}</tbody></table></div>`
}`,
    });
  });

  app.post("/api-keys", async (request, reply) => {
    const name = (formOf(request).get("name") ?? "").trim().slice(0, 100);
    if (name === "") throw new Problem("invalid-request", { detail: "Give the key a name" });
    const { id, secret } = await createApiKey(sql, { name });
    deps.log.info({ user: request.session?.name, apiKey: id }, "API key made by a person");
    return context.send(request, reply, {
      title: "API key",
      place: "api-keys",
      narrow: true,
      main: html`<div class="crumb"><a href="/api-keys">API keys</a></div><h1>Key of ${name}</h1>
<p class="alert warn"><b>Copy it now.</b> It is shown this once and kept nowhere.</p>
<pre class="secret">${secret}</pre>
<p class="soft">Try it:</p><pre>curl -H "Authorization: Bearer ${secret}" ${request.protocol}://${request.host}/v1/routes</pre>`,
    });
  });

  // Asks first; does it when the answer comes back with `sure`.
  app.post("/api-keys/revoke", async (request, reply) => {
    const form = formOf(request);
    const id = readPart(z.uuid(), form.get("id"), "body");
    if (form.get("sure") === "yes") {
      await revokeApiKey(sql, { id });
      deps.log.info({ user: request.session?.name, apiKey: id }, "API key revoked by a person");
      return reply.redirect("/api-keys", 303);
    }
    return context.send(request, reply, {
      title: "Revoke a key",
      place: "api-keys",
      narrow: true,
      main: html`<div class="crumb"><a href="/api-keys">API keys</a></div><h1>Revoke the key of ${form.get("name")}</h1>
<div class="card"><p>Whoever uses it is refused within ten seconds. This cannot be undone; make a new key instead.</p></div>
<form method="post" action="/api-keys/revoke" class="actions"><input type="hidden" name="sure" value="yes"><input type="hidden" name="id" value="${id}"><button class="dangerous">Revoke</button><a class="button" href="/api-keys">Back</a></form>`,
    });
  });
}
