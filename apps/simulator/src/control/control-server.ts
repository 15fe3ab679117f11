import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import type { AccountPatch } from "../kddi/account-options.ts";
import type { FaultsInput } from "../kddi/faults.ts";
import type { PhonePatch } from "../kddi/phones.ts";
import { listIssues, type SimulatorSettings } from "../options.ts";
import { type Simulator, UnknownBotError } from "../simulator.ts";

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

const number = z.string().regex(/^\+\d{8,15}$/, "must be a number such as +819012345678; write + as %2B in a URL");
const replySchema = z.strictObject({
  from: number,
  text: z.string().min(1),
  botId: z.string().optional(),
  smsNumber: z
    .string()
    .regex(/^\d{4,15}$/)
    .optional(),
});
const listSchema = z.strictObject({
  // A plain + in a query is read as a space; both are understood.
  to: z.preprocess((value) => (typeof value === "string" ? value.replace(/^ /, "+") : value), number.optional()),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
  offset: z.coerce.number().int().min(0).default(0),
});
const longestJumpMs = 366 * 86_400_000;
const advanceSchema = z.strictObject({ ms: z.number().min(0).max(longestJumpMs) });
const testSchema = z.strictObject({ botId: z.string().optional() });

/** The control API (protocol notes §19.7): never on the gateway's port, open to whoever reaches it, so keep it on loopback. */
export async function startControlServer(
  simulator: Omit<Simulator, "controlUrl">,
  settings: Pick<SimulatorSettings, "host" | "controlPort">,
): Promise<ControlServer> {
  const app = Fastify({ forceCloseConnections: true });
  acceptEmptyJson(app);
  // Accounts, phones and faults are validated by the simulator itself, the same for callers in the process.
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));

  app.get("/healthz", () => ({ status: "ok" }));
  app.post("/sim/reset", () => {
    simulator.reset();
    return { status: "reset" };
  });

  app.get("/sim/accounts", () => ({ accounts: simulator.accounts() }));
  app.put<{ Params: { botId: string } }>("/sim/accounts/:botId", ({ params, body }) =>
    simulator.setAccount(params.botId, body as AccountPatch),
  );

  app.get("/sim/messages", ({ query }) => {
    const { to, limit, offset } = listSchema.parse(query);
    const messages = simulator.messages(to === undefined ? {} : { to });
    const requests = to === undefined ? {} : { requests: simulator.requests(to) };
    return { total: messages.length, messages: messages.slice(offset, offset + limit), ...requests };
  });

  app.get<{ Params: { number: string } }>("/sim/phones/:number", ({ params }) =>
    simulator.phone(number.parse(params.number)),
  );
  app.put<{ Params: { number: string } }>("/sim/phones/:number", ({ params, body }) =>
    simulator.setPhone(number.parse(params.number), body as PhonePatch),
  );

  app.post("/sim/mo", ({ body }) => {
    const msgId = simulator.reply(replySchema.parse(body));
    return msgId === undefined ? { sent: false } : { sent: true, msgId };
  });
  app.post("/sim/connection-test", async ({ body }) => ({
    results: await simulator.testConnections(testSchema.parse(body ?? {}).botId),
  }));

  app.get("/sim/faults", () => simulator.faults());
  app.put("/sim/faults", ({ body }) => simulator.setFaults(body as FaultsInput));

  app.get("/sim/clock", () => ({ now: new Date(simulator.now()).toISOString() }));
  app.post("/sim/clock/advance", ({ body }) => ({
    now: new Date(simulator.advanceClock(advanceSchema.parse(body).ms)).toISOString(),
  }));
  app.get("/sim/metrics", () => simulator.metrics());

  await app.listen({ host: settings.host, port: settings.controlPort });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.controlPort;
  return { url: `http://${settings.host}:${port}`, close: () => app.close() };
}

/** `curl -X POST -H 'content-type: application/json'` without a body is not a mistake worth an error. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? {} : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error("the body is not JSON"), { statusCode: 400 }));
    }
  });
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof z.ZodError) return reply.code(400).send({ error: listIssues(error).trim() });
  if (error instanceof UnknownBotError) return reply.code(404).send({ error: error.message });
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
}
