import type { FastifyInstance, FastifyRequest } from "fastify";
import type { MediaType, OpenApiDocument, Operation, Schema } from "../openapi/describe-api.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { inline } from "./problem-page.ts";

const methods = ["get", "post", "put", "patch", "delete"];

/** `/docs`: the OpenAPI document as a page, made here; it loads nothing from elsewhere. `/openapi.json` is the document. */
export function docsPages(app: FastifyInstance, userOf: (request: FastifyRequest) => string | null): void {
  const documentOf = () => (app as unknown as { swagger(): OpenApiDocument }).swagger();

  app.get("/openapi.json", async (_request, reply) => reply.send(documentOf()));

  app.get("/docs", async (request, reply) => {
    const document = documentOf();
    const origin = `${request.protocol}://${request.host}`;
    const main = html`<h1>HTTP API</h1>
<p>${inline(document.info.description ?? "")}</p>
<p>The same for machines: <a href="/openapi.json">openapi.json</a>. Errors: <a href="/problems">problems</a>. Keys: <a href="/api-keys">API keys</a>.</p>
<pre>curl -H "Authorization: Bearer $HIKYAKU_KEY" ${origin}/v1/campaigns</pre>
${document.tags?.map(
  ({ name, description }) => html`<h2 id="${name}">${name}</h2><p class="soft">${description}</p>
${Object.entries(document.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = item[method];
    return operation?.tags.includes(name) ? [operationOf(method, path, operation, document, origin)] : [];
  }),
)}`,
)}
<h2>Models</h2>${Object.entries(document.components.schemas).map(
      ([name, schema]) =>
        html`<details class="operation" id="model-${name}"><summary><b>${name}</b> <span class="soft">${schema.description}</span></summary><div>${fields(schema, document)}</div></details>`,
    )}`;
    return reply
      .type("text/html; charset=utf-8")
      .send(layout({ title: "HTTP API", place: "docs", main }, { user: userOf(request) }));
  });
}

function operationOf(
  method: string,
  path: string,
  operation: Operation,
  document: OpenApiDocument,
  origin: string,
): Html {
  const { parameters = [], requestBody, responses } = operation;
  return html`<details class="operation" id="${operation.operationId}"><summary><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code><span class="soft">${operation.summary}</span></summary><div>
${operation.description && html`<p>${inline(operation.description)}</p>`}
${
  parameters.length > 0 &&
  html`<h3>Parameters</h3><table><tbody>${parameters.map(
    (parameter) =>
      html`<tr><td><code>${parameter.name}</code></td><td class="soft small">${parameter.in}${parameter.required && ", required"}</td><td class="small">${typeOf(parameter.schema)}</td><td class="wide small">${inline(parameter.description ?? parameter.schema.description ?? "")}</td></tr>`,
  )}</tbody></table>`
}
${
  requestBody &&
  Object.entries(requestBody.content).map(
    ([type, media]) => html`<h3>Body <span class="soft small">${type}</span></h3>${fields(media.schema, document)}`,
  )
}
<h3>Try it</h3><pre>${curlOf(method, path, operation, origin)}</pre>
<h3>Answers</h3><table><tbody>${Object.entries(responses).map(
    ([status, { description, content }]) =>
      html`<tr><td class="number"><b>${status}</b></td><td class="wide small">${problemLinks(description)}</td><td class="small">${content && Object.values(content).map(({ schema }) => typeOf(schema))}</td></tr>`,
  )}</tbody></table></div></details>`;
}

/** The fields of an object, or what else it is. */
function fields(schema: Schema, document: OpenApiDocument): Html {
  const { $ref } = schema;
  if ($ref) return html`<p class="small">${typeOf(schema)}</p>`;
  if (schema.type === "array" && schema.items)
    return html`<p class="small soft">A list of:</p>${fields(schema.items, document)}`;
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return html`<p class="small">${typeOf(schema)} ${inline(schema.description ?? "")}</p>`;
  return html`<table><tbody>${entries.map(
    ([name, inner]) =>
      html`<tr><td><code>${name}</code></td><td class="soft small">${schema.required?.includes(name) ? "required" : ""}</td><td class="small">${typeOf(inner)}</td><td class="wide small">${inline(inner.description ?? "")}</td></tr>`,
  )}</tbody></table>`;
}

function typeOf(schema: Schema): Html {
  const name = schema.$ref?.split("/").at(-1);
  if (name) return html`<a href="#model-${name}">${name}</a>`;
  if (schema.enum) return html`${schema.enum.map((value) => JSON.stringify(value)).join(" | ")}`;
  if (schema.anyOf) return html`${schema.anyOf.map((each, index) => html`${index > 0 && " | "}${typeOf(each)}`)}`;
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  return html`${[schema.type ?? "any"].flat().join(" | ")}${typeof schema.format === "string" && ` (${schema.format})`}`;
}

/** A command that works when pasted, once HIKYAKU_KEY and the braces are filled in. */
function curlOf(method: string, path: string, { parameters = [], requestBody }: Operation, origin: string): string {
  const lines = [`curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} '${origin}${path}'`];
  lines.push(`-H "Authorization: Bearer $HIKYAKU_KEY"`);
  if (parameters.some(({ name }) => name === "idempotency-key")) lines.push("-H 'Idempotency-Key: 2026-12-coupon'");
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const example = media && exampleOf(media);
  if (type === "application/x-ndjson") lines.push(`-H 'Content-Type: ${type}'`, "-T recipients.ndjson");
  else if (type && example !== undefined) {
    lines.push(`-H 'Content-Type: ${type}'`, `-d '${JSON.stringify(example).replaceAll("'", `'\\''`)}'`);
  }
  return lines.join(" \\\n  ");
}

function exampleOf({ example, examples, schema }: MediaType): unknown {
  return example ?? Object.values(examples ?? {})[0]?.value ?? schema.examples?.[0];
}

/** `[name](/problems/name)` of a description as a link. */
function problemLinks(description: string): Html[] {
  return description.split(/(\[[a-z-]+\]\(\/problems\/[a-z-]+\))/).map((piece) => {
    const name = /^\[([a-z-]+)\]/.exec(piece)?.[1];
    return name ? html`<a href="/problems/${name}">${name}</a>` : html`${inline(piece)}`;
  });
}
