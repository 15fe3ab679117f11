import { askRefresh, findAccount, listAccounts, listChannels, listTemplates } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { templateOf, templatePage, templateRoutes } from "../../templates/template-routes.ts";
import type { Api } from "../api.ts";
import { optionalBody } from "../optional-body.ts";
import { answer, problemAnswers } from "../problem-answers.ts";
import { accountSchema, channelSchema, templateSchema, templateView } from "./template-view.ts";

const params = z.object({ route: z.string().min(1).max(200), code: z.string().min(1).max(200) });

const issue = z.object({
  path: z.string(),
  level: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
});

/** `/v1/templates…` and `GET /v1/channels` */
export function templateApiRoutes(app: Api, deps: ConsoleDeps): void {
  const { sql } = deps.ledger;

  app.route({
    method: "GET",
    url: "/templates",
    schema: {
      operationId: "listTemplates",
      tags: ["Templates"],
      summary: "List the templates and their inspection states",
      description: "As the account last had them; `accounts` says when that was.",
      querystring: z.strictObject({
        route: z.string().optional(),
        state: z.string().max(50).optional().describe("Only those in this inspection state, in the carrier's word."),
      }),
      response: {
        200: z.object({ items: z.array(templateSchema), accounts: z.array(accountSchema), nextCursor: z.null() }),
        ...problemAnswers(),
      },
    },
    async handler(request) {
      const { route, state } = request.query;
      const routes = await templateRoutes(deps);
      const rows = await listTemplates(sql, {
        ...(route === undefined ? {} : { route }),
        ...(state === undefined ? {} : { state: state.toUpperCase() }),
      });
      const items = rows.flatMap((row) => {
        const rules = routes.find((each) => each.route === row.route)?.templates;
        return (rules && templateView(row, rules)) ?? [];
      });
      const accounts = (await listAccounts(sql)).filter((each) => route === undefined || each.route === route);
      return { items, accounts, nextCursor: null };
    },
  });

  app.route({
    method: "GET",
    url: "/templates/:route/:code",
    schema: {
      operationId: "showTemplate",
      tags: ["Templates"],
      summary: "Show a template, and a content that says what it says",
      params,
      response: {
        200: z.object({
          ...templateSchema.shape,
          content: z.record(z.string(), z.unknown()).describe("What a campaign or a message takes as `content`."),
        }),
        ...problemAnswers("template-not-found"),
      },
    },
    async handler(request) {
      const { row, templates } = await templateOf(deps, request.params);
      const view = templateView(row, templates);
      if (view === null) throw new Problem("template-not-found");
      return { ...view, content: templates.contentFrom(row.template) };
    },
  });

  app.route({
    method: "POST",
    url: "/templates/:route/:code/preview",
    schema: {
      operationId: "previewTemplate",
      tags: ["Templates"],
      summary: "Draw a template as KakaoTalk shows it",
      params,
      body: optionalBody(
        { variables: z.record(z.string(), z.string()).default({}).describe("Values; the others show their names.") },
        { variables: { name: "김하나" } },
      ),
      response: {
        200: z.object({ page: z.string().describe("One HTML page that needs nothing else."), text: z.string() }),
        ...problemAnswers("template-not-found", "invalid-content"),
      },
    },
    async handler(request) {
      const found = await templateOf(deps, request.params);
      return templatePage(found, found.row.template, request.body.variables);
    },
  });

  app.route({
    method: "POST",
    url: "/templates/refresh",
    schema: {
      operationId: "refreshTemplates",
      tags: ["Templates"],
      summary: "Have the channels and templates of a route read again",
      description: "A poller reads them within seconds; `GET /v1/templates` says in `accounts` when it has.",
      body: z.strictObject({ route: z.string().min(1).max(200) }).meta({ examples: [{ route: "kakao" }] }),
      response: {
        202: answer("Asked for.", accountSchema),
        ...problemAnswers("route-not-found"),
      },
    },
    async handler(request, reply) {
      const { route } = request.body;
      if (!(await templateRoutes(deps)).some((each) => each.route === route)) throw new Problem("route-not-found");
      await askRefresh(sql, { route });
      const account = await findAccount(sql, { route });
      if (account === null) throw new Problem("route-not-found");
      return reply.code(202).send(account);
    },
  });

  app.route({
    method: "POST",
    url: "/templates/lint",
    schema: {
      operationId: "lintTemplate",
      tags: ["Templates"],
      summary: "Check a template by the rules of registration",
      description: "Before two to three days of inspection are spent on finding out. Nothing is registered.",
      body: z
        .strictObject({
          route: z
            .string()
            .min(1)
            .max(200)
            .describe("Its channel's templates are compared: code and name must be free."),
          template: z.record(z.string(), z.unknown()).describe("In the fields of the carrier's console."),
        })
        .meta({
          examples: [
            { route: "kakao", template: { templateCode: "NEWS01", templateName: "News", content: "#{name}님" } },
          ],
        }),
      response: {
        200: z.object({ ok: z.boolean(), issues: z.array(issue) }),
        ...problemAnswers("route-not-found"),
      },
    },
    async handler(request) {
      const { route, template } = request.body;
      const found = (await templateRoutes(deps)).find((each) => each.route === route);
      if (found === undefined) throw new Problem("route-not-found");
      const others = (await listTemplates(sql, { route })).map((row) => row.template);
      const issues = found.templates.lint(template, others);
      return { ok: issues.every(({ level }) => level !== "error"), issues };
    },
  });

  app.route({
    method: "GET",
    url: "/channels",
    schema: {
      operationId: "listChannels",
      tags: ["Templates"],
      summary: "List the channels and how they stand",
      querystring: z.strictObject({ route: z.string().optional() }),
      response: {
        200: z.object({ items: z.array(channelSchema), nextCursor: z.null() }),
        ...problemAnswers(),
      },
    },
    async handler(request) {
      const { route } = request.query;
      const routes = await templateRoutes(deps);
      const items = (await listChannels(sql, route === undefined ? {} : { route })).flatMap((row) => {
        const facts = routes.find((each) => each.route === row.route)?.templates.channelFacts(row.channel) ?? null;
        return facts === null ? [] : [{ route: row.route, ...facts, faults: [...facts.faults] }];
      });
      return { items, nextCursor: null };
    },
  });
}
