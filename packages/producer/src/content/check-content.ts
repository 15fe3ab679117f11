import {
  type ContentIssue,
  type ContentLint,
  type ContentPreview,
  lintContent,
  type ProviderRules,
  previewContent,
} from "@hikyaku/core";
import type { Sql } from "@hikyaku/ledger";
import * as z from "zod";
import { InvalidContentError } from "../errors/request-errors.ts";
import { cellsOf } from "../recipients/row-cells.ts";
import { contentOf } from "../request/content-field.ts";
import { label, readFields } from "../request/read-fields.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { RouteBook } from "../routes/route-book.ts";
import { withTemplate } from "../templates/with-template.ts";

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

export async function lintForRoute(
  { sql, routes }: { sql: Sql; routes: RouteBook },
  request: LintRequest,
): Promise<ContentLint> {
  const { route, ...said } = readFields(lintSchema, request);
  const content = contentOf(said);
  return await lintBesideTemplate(sql, { route, rules: (await routes.find(route)).rules, content });
}

/**
 * Checks a content as creating a campaign would: by the carrier's rules, and beside the template it is sent by, as the account last had it.
 * That there is no copy of the template to compare with is a warning.
 */
export async function lintBesideTemplate(
  sql: Sql,
  { route, rules, content }: { route: string; rules: ProviderRules; content: unknown },
): Promise<ContentLint> {
  const alone = lintContent(rules, content);
  if (!alone.ok) return alone;
  try {
    const { warnings, variables } = await withTemplate(sql, { route, rules, prepared: prepareContent(rules, content) });
    return { ok: true, issues: warnings, variables };
  } catch (error) {
    if (!(error instanceof InvalidContentError)) throw error;
    const faults = error.issues.map(
      ({ code = "invalid", ...fault }): ContentIssue => ({ ...fault, code, level: "error" }),
    );
    return { ok: false, issues: [...faults, ...alone.issues], variables: [] };
  }
}

export async function previewForRoute(routes: RouteBook, request: ContentPreviewRequest): Promise<ContentPreview> {
  const { route, variables, ...said } = readFields(previewSchema, request);
  const content = contentOf(said);
  return previewContent((await routes.find(route)).rules, content, (name) => {
    const [, value] = cellsOf(variables, [name]) ?? [];
    return value === undefined ? undefined : String(value);
  });
}
