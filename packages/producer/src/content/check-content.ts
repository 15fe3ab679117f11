import { type ContentLint, type ContentPreview, lintContent, previewContent } from "@hikyaku/core";
import * as z from "zod";
import { cellsOf } from "../recipients/row-cells.ts";
import { contentOf } from "../request/content-field.ts";
import { label, readFields } from "../request/read-fields.ts";
import type { RouteBook } from "../routes/route-book.ts";

/** What is to be checked, and by the rules of which route. */
export interface LintRequest {
  /** Name of a route in the configuration of the running system. */
  route: string;
  /** What the route's carrier takes. */
  content?: Readonly<Record<string, unknown>>;
  /** Short form of `content: { text }`. */
  text?: string;
}

/** What is to be seen, and for whom. */
export interface ContentPreviewRequest extends LintRequest {
  /** Values of the content's `#{name}` places. */
  variables?: Readonly<Record<string, string | number | bigint>>;
}

const lintFields = { route: label, content: z.unknown().optional(), text: z.string("a text").optional() };
const lintSchema = z.strictObject(lintFields, "an object with route and content");
const previewSchema = z.strictObject(
  {
    ...lintFields,
    variables: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.bigint()], "a text or a number"),
        "an object of values by the names of the variables",
      )
      .default({}),
  },
  "an object with route, content and variables",
);

export async function lintForRoute(routes: RouteBook, request: LintRequest): Promise<ContentLint> {
  const { route, ...said } = readFields(lintSchema, request);
  const content = contentOf(said);
  return lintContent((await routes.find(route)).rules, content);
}

export async function previewForRoute(routes: RouteBook, request: ContentPreviewRequest): Promise<ContentPreview> {
  const { route, variables, ...said } = readFields(previewSchema, request);
  const content = contentOf(said);
  return previewContent((await routes.find(route)).rules, content, (name) => {
    const [, value] = cellsOf(variables, [name]) ?? [];
    return value === undefined ? undefined : String(value);
  });
}
