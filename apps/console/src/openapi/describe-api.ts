import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { recipientsBody } from "./recipients-body.ts";
import { tidyDocument } from "./tidy-document.ts";

/** The version of the API, which is the first part of its paths. */
const version = "1.0.0";

const tags = [
  { name: "Campaigns", description: "One content for many recipients: create, import, start, watch, stop, report." },
  { name: "Schedules", description: "Campaigns that are made and started by themselves, once on each of their days." },
  { name: "Content", description: "What a message says, looked at before anything is sent." },
  { name: "Messages", description: "Single messages, and what became of any message." },
  { name: "Templates", description: "Texts and channels that a carrier must approve, as its account last had them." },
  { name: "Inbound", description: "What end users did: replies, taps, registrations." },
  { name: "Unknown outcomes", description: "Messages of which nobody can know whether they went out." },
  { name: "Suppressions", description: "Who must not be messaged." },
  { name: "Events", description: "What is told to your own system, and whether it has taken it." },
  { name: "Routes", description: "The sender accounts, and whether they may send." },
  { name: "Usage", description: "What the carrier counted." },
  { name: "Audit", description: "What was decided against a rule, by whom and why." },
];

/** Collects the OpenAPI document from the routes that are registered after it. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  const config = { target: "draft-2020-12" as const };
  const transform = createJsonSchemaTransform({ zodToJsonConfig: config });
  const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig: config });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Hikyaku",
        version,
        description:
          "Campaigns and messages over HTTP. Every request needs an API key. Creating requests carry an `Idempotency-Key` and may be repeated at any time. Every error is a problem (RFC 9457) whose `type` is a page of this server.",
        license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
      },
      servers: [{ url: "/" }],
      security: [{ apiKey: [] }],
      tags,
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "hk_…",
            description: "A key made on the console's page “API keys”.",
          },
        },
      },
    },
    transform: (input) => {
      // What people look at is no part of the API.
      if (!input.url.startsWith("/v1/")) return { schema: { hide: true }, url: input.url };
      return transform(input);
    },
    transformObject: (input) =>
      tidyDocument(withoutUnused(recipientsBody(transformObject(input) as OpenApiDocument))) as never,
  });
}

/** As much of the document as is touched here. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, { description: string; content?: Record<string, MediaType> }>;
}

export interface MediaType {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  examples?: unknown[];
  [keyword: string]: unknown;
}

/** Every model is there as it comes in and as it goes out; most are used in one way only. */
function withoutUnused(document: OpenApiDocument): OpenApiDocument {
  const { schemas } = document.components;
  const used = new Set<string>();
  const follow = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name] ?? {});
    }
  };
  follow(document.paths);
  document.components.schemas = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return document;
}
