import type { ContentPreviewRequest, LintRequest } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem, pointerOf } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { campaignFields } from "../campaigns/campaign-fields.ts";
import { problemAnswers } from "../problem-answers.ts";

const { route, text, content } = campaignFields;

const lintBody = z.strictObject({ route, text, content }).meta({
  examples: [
    {
      route: "coupon-sms",
      content: { text: "#{name}様、12月のクーポンです: https://example.jp/c/#{code}" },
    },
  ],
});

const previewBody = z
  .strictObject({
    ...{ route, text, content },
    variables: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .describe("Values of the `#{name}` places."),
  })
  .meta({
    examples: [
      {
        route: "coupon-sms",
        content: { text: "#{name}様、12月のクーポンです: https://example.jp/c/#{code}" },
        variables: { name: "佐藤", code: "A1" },
      },
    ],
  });

const issueSchema = z
  .object({
    level: z.enum(["error", "warning"]),
    path: z.string().describe("Its place in the content as written, e.g. `content.carousel[2].media.height`."),
    pointer: z.string().describe("The same as a JSON pointer into the body, e.g. `#/content/carousel/2/media/height`."),
    code: z.string().describe("Countable name."),
    message: z.string().describe("What is wrong, and the mend."),
  })
  .meta({ id: "ContentIssue", description: "A fault of a content, or what should be known before it is sent." });

const lint = z
  .object({
    route: z.string(),
    ok: z.boolean().describe("Whether it can be sent: no issue is an error."),
    variables: z.array(z.string()).describe("Names used as `#{name}`; empty when there are errors."),
    issues: z.array(issueSchema),
  })
  .meta({ id: "ContentLint", description: "What the carrier's rules say of a content. Nothing was written." });

/** `POST /v1/content/lint` and `/v1/content/preview` */
export function contentRoutes(app: Api, { producer }: ConsoleDeps): void {
  app.route({
    method: "POST",
    url: "/content/lint",
    schema: {
      operationId: "lintContent",
      tags: ["Content"],
      summary: "Check a content",
      description:
        "By the rules of the route's carrier, as creating a campaign checks it. A content that cannot be sent is an answer like any other: `ok` is false and `issues` says why. What only a recipient's values decide is left to `POST /v1/campaigns/preview`.",
      body: lintBody,
      response: { 200: lint, ...problemAnswers("unknown-route", "unsupported-route") },
    },
    async handler(request) {
      const { ok, variables, issues } = await producer.lintContent(request.body as LintRequest);
      return {
        ...{ route: request.body.route, ok, variables: [...variables] },
        issues: issues.map((issue) => ({ ...issue, pointer: pointerOf(issue.path) })),
      };
    },
  });

  app.route({
    method: "POST",
    url: "/content/preview",
    schema: {
      operationId: "previewContent",
      tags: ["Content"],
      summary: "See a content as a phone shows it",
      description:
        "An HTML page for one recipient, with the values given. It is complete in itself and runs nothing; only the author's own media are loaded.",
      body: previewBody,
      response: {
        200: { description: "The page.", content: { "text/html": { schema: z.string() } } },
        ...problemAnswers("invalid-content", "no-preview", "unknown-route", "unsupported-route"),
      },
    },
    async handler(request, reply) {
      const preview = await producer.previewContent(request.body as ContentPreviewRequest);
      if (!preview.ok) {
        const errors = preview.issues.filter(({ level }) => level === "error");
        throw new Problem("invalid-content", {
          detail: errors.map(({ path, message }) => `${path}: ${message}`).join("; "),
          errors: errors.map(({ path, message, code }) => ({ pointer: pointerOf(path), detail: message, code })),
        });
      }
      if (preview.page === null) throw new Problem("no-preview");
      return (
        reply
          .type("text/html; charset=utf-8")
          // The page carries a policy of its own, for its style and its media; ours would forbid both.
          .header("content-security-policy", "sandbox")
          .send(preview.page)
      );
    },
  });
}
