import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../problems/problem.ts";
import { type ProblemName, type ProblemType, problemTypes } from "../problems/problem-types.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";

/** A problem as a person in a browser sees it. Asks nothing of the ledger, which may be what is broken. */
export function problemPage(problem: Problem, request: FastifyRequest): string {
  const { title, meaning } = problemTypes[problem.type];
  const { detail, errors } = problem.parts;
  const isOut = problem.type === "signed-out";
  const main = html`<h1>${title}</h1>
${detail && html`<p class="alert danger">${detail}</p>`}
${!detail && errors && html`<p class="alert danger">${errors.map((error) => error.detail).join("; ")}</p>`}
<p>${inline(meaning)}</p>
${problem.type === "pages-closed" && howToOpen}
<p class="actions">${
    isOut
      ? html`<a class="button primary" href="/sign-in">Sign in</a>`
      : problem.type === "pages-closed"
        ? html`<a class="button" href="/docs">The HTTP API</a>`
        : html`<a class="button" href="/">Back to the campaigns</a>`
  }</p>
<p class="soft small">${problem.status} · ${problem.type} · urn:request:${request.id}</p>`;
  return layout({ title, main, narrow: true }, { user: request.session?.name ?? null });
}

const howToOpen = html`<pre>console:
  users:
    - name: operator
      password: \${CONSOLE_PASSWORD}</pre>`;

/** `/problems` and `/problems/{name}`: what the type URLs of problems lead to. */
export function problemTypePages(app: FastifyInstance, userOf: (request: FastifyRequest) => string | null): void {
  const entries = Object.entries<ProblemType>(problemTypes);
  app.get("/problems", async (request, reply) => {
    const main = html`<div class="crumb"><a href="/docs">API</a></div><h1>Problems</h1>
<p>Every error of the API is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is one of these.</p>
<div class="scroll"><table><thead><tr><th class="number">Status</th><th>Type</th><th></th></tr></thead><tbody>${entries.map(
      ([name, { status, title }]) =>
        html`<tr><td class="number">${status}</td><td><a href="/problems/${name}"><code>${name}</code></a></td><td>${title}</td></tr>`,
    )}</tbody></table></div>`;
    return reply
      .type("text/html; charset=utf-8")
      .send(layout({ title: "Problems", place: "docs", main }, { user: userOf(request) }));
  });
  app.get("/problems/:name", async (request, reply) => {
    const { name } = request.params as { name: string };
    if (!Object.hasOwn(problemTypes, name)) throw new Problem("not-found");
    const { status, title, meaning } = problemTypes[name as ProblemName];
    const main = html`<div class="crumb"><a href="/docs">API</a> / <a href="/problems">Problems</a></div><h1>${title}</h1>
<p class="soft"><code>${name}</code> · HTTP status ${status}</p><p>${inline(meaning)}</p>`;
    return reply
      .type("text/html; charset=utf-8")
      .send(layout({ title, place: "docs", main, narrow: true }, { user: userOf(request) }));
  });
}

/** Text with `code` in it. */
export function inline(text: string): Html[] {
  return text.split("`").map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
}
