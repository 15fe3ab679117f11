import { rulesOfRoute } from "@hikyaku/core";
import {
  answerHealth,
  createInboundApplier,
  createReceiptApplier,
  createReceiptStore,
  drainParkedReceipts,
  inboundRulesOf,
  NoStoreError,
  type ProcessParts,
  probeHeader,
  type RunningPart,
  toNewReceipts,
} from "@hikyaku/engine";
import { parkedReceipts } from "@hikyaku/queue";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { decodeBody } from "./decode-body.ts";
import { createHookAccess } from "./hook-access.ts";

const kinds = { webhook: "webhook", "sms-result": "sms-result", "sms-mo": "sms-mo" } as const;
type KindPath = keyof typeof kinds;

const drainEveryMs = 1_000;

/**
 * Starts the receiver of the carriers' notifications: `POST /hooks/{route}/{secret}` for every kind, and
 * `…/webhook`, `…/sms-result`, `…/sms-mo` below it for one kind each.
 *
 * Durable first, then 200, far inside the carrier's 500 ms (guide, connection test). Any body from a known secret gets
 * 200: the body of the connection test is not known, and a 4xx would only make the carrier retry and give up. 503 when
 * neither store took it, so that the carrier sends it again. The answer's body is empty.
 */
export async function startReceiver(parts: ProcessParts): Promise<RunningPart> {
  const { config, log, metrics, ledger } = parts;
  const routes = new Map(
    Object.values(config.routes).flatMap((route) => {
      if (!route.hooks) return [];
      const rules = rulesOfRoute(parts.findProvider(route.provider), route.settings);
      return [[route.name, { rules, mayPost: createHookAccess(route.hooks) }] as const];
    }),
  );
  const parked = parkedReceipts({ redis: parts.connections.impatient(150), prefix: config.redisPrefix });
  const store = createReceiptStore({ ledger, parked, ledgerBudgetMs: config.receiver.ledgerBudgetMs, log });
  const receiptApplier = createReceiptApplier({ config, ledger, log, metrics });
  const rulesOf = inboundRulesOf(config, parts.findProvider);
  const inboundApplier = createInboundApplier({ ledger, rulesOf, log, metrics });
  const signalAppliers = () => {
    receiptApplier.signal();
    inboundApplier.signal();
  };

  const app = Fastify({
    loggerInstance: undefined,
    logger: false,
    bodyLimit: config.receiver.maxBodyBytes,
    trustProxy: config.receiver.trustProxy,
    routerOptions: { ignoreTrailingSlash: true },
  });
  // Whatever the content type says, and when it says nothing: the raw text is what counts.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  const take = async (
    request: FastifyRequest<{ Params: HookParams; Body: Buffer | undefined }>,
    reply: FastifyReply,
  ) => {
    const started = process.hrtime.bigint();
    const route = routes.get(request.params.route);
    const access = route?.mayPost({
      secret: request.params.secret,
      address: request.ip,
      authorization: request.headers.authorization,
    });
    if (!route || !access) return reply.code(404).send();
    if (!access.ok) {
      if (access.status !== 404) {
        log.warn({ route: request.params.route, address: request.ip, status: access.status }, "notification refused");
      }
      return reply.code(access.status).send();
    }
    if (request.method !== "POST") return reply.code(200).send();
    const kind = request.params.kind;
    if (kind !== undefined && !(kind in kinds)) return reply.code(404).send();
    const contentType = request.headers["content-type"] ?? null;
    const receipts = toNewReceipts(route.rules, {
      route: request.params.route,
      kindHint: kind ? kinds[kind] : "any",
      contentType,
      body: decodeBody(request.body ?? Buffer.alloc(0), contentType),
      receivedAt: new Date(),
      from: request.ip,
    });
    try {
      if (request.headers[probeHeader] !== undefined) {
        return reply
          .header(probeHeader, await store.rehearse(receipts))
          .code(200)
          .send();
      }
      await store.store(receipts);
    } catch (err) {
      if (!(err instanceof NoStoreError)) throw err;
      log.error({ err, route: request.params.route }, "notification not stored; the carrier is asked to repeat it");
      return reply.code(503).send();
    }
    for (const receipt of receipts) {
      const [kind = receipt.kind] = receipt.kind.split(".");
      metrics.receipts.inc({ route: request.params.route, kind });
      if (receipt.kind === "unrecognised") {
        log.error(
          { route: request.params.route, reason: receipt.reason },
          "notification not understood; its raw body is kept",
        );
      }
      if (receipt.kind === "connection-test") {
        const { route, kind: hook = "any" } = request.params;
        log.info({ route, hook, from: request.ip }, "an empty notification was answered 200, as a connection test is");
      }
    }
    signalAppliers();
    metrics.receiptSeconds.observe({ route: request.params.route }, Number(process.hrtime.bigint() - started) / 1e9);
    return reply.code(200).send();
  };
  app.route({ method: ["POST", "GET", "HEAD"], url: "/hooks/:route/:secret", handler: take });
  app.route({ method: ["POST", "GET", "HEAD"], url: "/hooks/:route/:secret/:kind", handler: take });
  app.get("/*", async (request, reply) => {
    const answer = await answerHealth(new URL(request.url, "http://localhost").pathname, parts);
    if (!answer) return reply.code(404).send();
    return reply.code(answer.status).type(answer.type).send(answer.body);
  });

  const drain = async (): Promise<void> => {
    try {
      const count = await drainParkedReceipts({ ledger, parked });
      if (count > 0) {
        log.warn({ count }, "notifications kept in Redis written to the ledger");
        signalAppliers();
      }
    } catch (err) {
      log.debug({ err }, "notifications in Redis stay there for now");
    }
  };
  let draining = Promise.resolve();
  const drainTimer = setInterval(() => {
    draining = draining.then(drain);
  }, drainEveryMs);

  await app.listen({ port: config.receiver.port, host: config.receiver.host });
  const { port } = app.server.address() as { port: number };
  const host = config.receiver.host === "0.0.0.0" || config.receiver.host === "::" ? "127.0.0.1" : config.receiver.host;

  return {
    url: `http://${host}:${port}`,
    async close() {
      await app.close();
      store.close();
      clearInterval(drainTimer);
      await draining;
      await Promise.all([receiptApplier.close(), inboundApplier.close()]);
    },
  };
}

interface HookParams {
  route: string;
  secret: string;
  kind?: KindPath;
}
