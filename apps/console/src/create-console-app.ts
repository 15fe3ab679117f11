import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import { answerHealth } from "@hikyaku/engine";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { registerApi } from "./api/register-api.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { describeApi } from "./openapi/describe-api.ts";
import { apiKeyPages } from "./pages/api-keys.ts";
import { assetFiles } from "./pages/assets.ts";
import { auditPage } from "./pages/audit.ts";
import { campaignPage } from "./pages/campaign.ts";
import { campaignActionPages } from "./pages/campaign-actions.ts";
import { campaignListPages } from "./pages/campaign-lists.ts";
import { docsPages } from "./pages/docs.ts";
import { eventPages } from "./pages/events.ts";
import { historyPages } from "./pages/history.ts";
import { inboundPages } from "./pages/inbound.ts";
import { messagePages } from "./pages/message.ts";
import { overviewPage } from "./pages/overview.ts";
import { createPageContext } from "./pages/page-context.ts";
import { problemPage, problemTypePages } from "./pages/problem-page.ts";
import { recipientPages } from "./pages/recipients.ts";
import { routePages } from "./pages/routes.ts";
import { schedulePages } from "./pages/schedules.ts";
import { suppressionPages } from "./pages/suppressions.ts";
import { templatePages } from "./pages/templates.ts";
import { unknownPages } from "./pages/unknown.ts";
import { usagePages } from "./pages/usage.ts";
import { createClock } from "./pages/words.ts";
import { answerProblems } from "./problems/answer-problems.ts";
import { watchPaths } from "./problems/known-paths.ts";
import { Problem } from "./problems/problem.ts";
import { refuseNul } from "./problems/refuse-nul.ts";
import { createReportCache } from "./progress/report-cache.ts";
import { createPaceWatch } from "./progress/watch-pace.ts";
import { registerBoard } from "./queues/board.ts";
import { openQueues } from "./queues/open-queues.ts";
import { createAccounts } from "./sign-in/accounts.ts";
import { createAttempts } from "./sign-in/attempts.ts";
import { readForms } from "./sign-in/read-form.ts";
import { guardBySession, sessionCookie } from "./sign-in/session-guard.ts";
import { createSessions } from "./sign-in/sessions.ts";
import { signInPages } from "./sign-in/sign-in-pages.ts";

/** The longest part of a path: a campaign's key of 200 characters, percent-encoded. */
const maxParamLength = 2_000;

/**
 * The console as a server that does not listen yet: the HTTP API below `/v1`, the pages, Bull Board at `/queues`, and what
 * needs no sign-in (`/docs`, `/openapi.json`, `/problems`, `/healthz`, `/readyz`, `/metrics`).
 *
 * `close` takes nothing new, breaks off uploads (they can be resumed) and waits for the rest.
 */
export async function createConsoleApp(deps: ConsoleDeps): Promise<FastifyInstance> {
  const { config, log, ledger } = deps;
  const { users, sessionSecret, sessionForMs, trustProxy, queuesReadOnly, timeZone } = config.console;
  const app = Fastify({
    logger: false,
    bodyLimit: config.console.maxBodyBytes,
    trustProxy,
    requestIdHeader: false,
    genReqId: () => randomBytes(8).toString("hex"),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
  });
  const paths = watchPaths(app);
  const answer = answerProblems(app, { log, paths, page: problemPage });
  app.decorateRequest("session", null);
  app.decorateRequest("caller", "");
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions, caller, session } = request;
    const url = routeOptions.url ?? "not found";
    const ms = Math.round(reply.elapsedTime);
    // The pattern and not the address: numbers may stand in that.
    log.debug({ method, url, status: reply.statusCode, ms, caller: caller || session?.name }, "request answered");
  });

  refuseNul(app);
  const stopping = new AbortController();
  app.addHook("preClose", async () =>
    stopping.abort(new Problem("shutting-down", { headers: { "retry-after": "5" } })),
  );

  const sessions = createSessions({
    users,
    secret: sessionSecret ?? randomBytes(32).toString("base64"),
    forMs: sessionForMs,
  });
  const userOf = (request: FastifyRequest) => sessions.read(request.cookies[sessionCookie])?.name ?? null;
  const queues = openQueues({ config, connections: deps.connections, log });
  const pace = createPaceWatch({ sql: ledger.sql, log });
  app.addHook("onClose", async () => {
    await Promise.all([pace.close(), queues.close()]);
  });

  await app.register(cookie);
  await describeApi(app);
  await app.register(async (open) => {
    await open.register(helmet, pagePolicy);
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      open.get(path, async (_request, reply) => {
        const health = await answerHealth(path, deps);
        if (health) return reply.code(health.status).type(health.type).send(health.body);
      });
    }
    await assetFiles(open);
    docsPages(open, userOf);
    problemTypePages(open, userOf);
    await open.register(async (signIn) => {
      signInPages(signIn, {
        ...{ config, log, sessions, answer },
        isRight: createAccounts(users),
        attempts: createAttempts(),
      });
    });
  });
  await app.register(
    async (api) => {
      await api.register(helmet, pagePolicy);
      await registerApi(api, deps, stopping.signal);
    },
    { prefix: "/v1" },
  );
  await app.register(async (pages) => {
    await pages.register(helmet, pagePolicy);
    guardBySession(pages, { sessions, hasUsers: users.length > 0, answer });
    readForms(pages);
    const context = createPageContext({
      ...{ deps, pace },
      clock: createClock(timeZone),
      reports: createReportCache(ledger),
    });
    overviewPage(pages, context);
    campaignPage(pages, context);
    campaignActionPages(pages, context);
    campaignListPages(pages, context);
    schedulePages(pages, context);
    messagePages(pages, context);
    routePages(pages, context, queues);
    unknownPages(pages, context);
    templatePages(pages, context);
    inboundPages(pages, context);
    eventPages(pages, context);
    historyPages(pages, context, stopping.signal);
    recipientPages(pages, context);
    suppressionPages(pages, context);
    usagePages(pages, context);
    auditPage(pages, context);
    apiKeyPages(pages, context);
  });
  await app.register(async (board) => {
    await board.register(helmet, boardPolicy);
    guardBySession(board, { sessions, hasUsers: users.length > 0, answer });
    await registerBoard(board, { queues, readOnly: queuesReadOnly });
  });
  await app.ready();
  return app;
}

const shared = {
  crossOriginEmbedderPolicy: false,
  // Says "no" to plain HTTP for good on this host name; that is for the proxy that has the certificate to say.
  strictTransportSecurity: false,
  referrerPolicy: { policy: "same-origin" },
} as const;

/** Everything the pages need is ours and in files; nothing is written into the page. */
const pagePolicy = {
  ...shared,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
};

/** Bull Board writes styles into its page and has a base address. Its fonts from elsewhere are not loaded. */
const boardPolicy = {
  ...shared,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      ...pagePolicy.contentSecurityPolicy.directives,
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'", "data:"],
      workerSrc: ["'self'", "blob:"],
      baseUri: ["'self'"],
    },
  },
};
