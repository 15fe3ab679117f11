import Fastify, { type FastifyReply } from "fastify";
import { z } from "zod";
import { listIssues } from "../options.ts";
import { channelSchema, type Modes, type SensSettings, templateSchema } from "./options.ts";
import { reservationEnds, shownReservation } from "./reservations.ts";
import type { SensSimulator } from "./sens-simulator.ts";

const longestJumpMs = 366 * 86_400_000;
const approvedSchema = z.strictObject({ approved: z.boolean() });
const advanceSchema = z.strictObject({ ms: z.number().min(0).max(longestJumpMs) });
const endsSchema = z.strictObject({ ends: z.enum(reservationEnds) });
const listSchema = z.strictObject({
  to: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
  offset: z.coerce.number().int().min(0).default(0),
});

/** The admin API: clearly none of SENS, on its own port, open to whoever reaches it, so keep it on loopback. */
export async function startAdminServer(
  simulator: Omit<SensSimulator, "adminUrl">,
  settings: Pick<SensSettings, "host" | "adminPort">,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = Fastify({ forceCloseConnections: true });
  // Modes are validated by the simulator itself, the same for callers in the process.
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));

  app.get("/healthz", () => ({ status: "ok" }));
  app.post("/sim/reset", () => {
    simulator.reset();
    return { status: "reset" };
  });
  app.put<{ Params: { channelId: string } }>("/sim/channels/:channelId", ({ params, body }) => {
    const channel = channelSchema.parse({ ...(body as object), channelId: params.channelId });
    simulator.putChannel(channel);
    return channel;
  });
  type TemplatePath = { Params: { channelId: string; templateCode: string } };
  app.put<TemplatePath>("/sim/templates/:channelId/:templateCode", ({ params, body }) => {
    const template = templateSchema.parse({ ...(body as object), ...params });
    simulator.putTemplate(template);
    return template;
  });
  app.delete<TemplatePath>("/sim/templates/:channelId/:templateCode", ({ params }, reply) =>
    simulator.removeTemplate(params) ? { status: "removed" } : notThere(reply, `template ${params.templateCode}`),
  );
  app.put<{ Params: { number: string } }>("/sim/sender-numbers/:number", ({ params, body }) => {
    const { approved } = approvedSchema.parse(body);
    simulator.setSenderNumber(params.number, approved);
    return { number: params.number, approved };
  });
  app.get("/sim/reservations", () => ({ reservations: simulator.reservations().map(shownReservation) }));
  app.put<{ Params: { reserveId: string } }>("/sim/reservations/:reserveId", ({ params, body }, reply) => {
    const { ends } = endsSchema.parse(body);
    const isThere = simulator.setReservationEnd(params.reserveId, ends);
    return isThere ? { reserveId: params.reserveId, ends } : notThere(reply, `reservation ${params.reserveId}`);
  });
  app.delete<{ Params: { reserveId: string } }>("/sim/reservations/:reserveId", ({ params }, reply) => {
    const { reserveId } = params;
    const refusal = simulator.cancelReservation(reserveId);
    if (refusal === undefined) return { reserveId, cancelled: true };
    if (refusal.from !== "sens") return notThere(reply, `reservation ${reserveId}`);
    return reply.code(409).send({ error: refusal.errors.join("; ") });
  });
  app.get("/sim/messages", ({ query }) => page(simulator.messages, query));
  app.get("/sim/sms", ({ query }) => page(simulator.sms, query));
  app.get("/sim/requests", () => ({ requests: simulator.requests() }));
  app.get("/sim/modes", () => simulator.modes());
  app.put("/sim/modes", ({ body }) => simulator.setModes(body as Partial<Modes>));
  app.get("/sim/clock", () => ({ now: new Date(simulator.now()).toISOString() }));
  app.post("/sim/clock/advance", ({ body }) => ({
    now: new Date(simulator.advanceClock(advanceSchema.parse(body).ms)).toISOString(),
  }));
  app.get("/sim/metrics", () => simulator.metrics());

  await app.listen({ host: settings.host, port: settings.adminPort });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.adminPort;
  return { url: `http://${settings.host}:${port}`, close: () => app.close() };
}

function page<T>(read: (filter: { to?: string }) => readonly T[], query: unknown) {
  const { to, limit, offset } = listSchema.parse(query);
  const messages = read(to === undefined ? {} : { to });
  return { total: messages.length, messages: messages.slice(offset, offset + limit) };
}

function notThere(reply: FastifyReply, what: string): FastifyReply {
  return reply.code(404).send({ error: `there is no ${what}` });
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof z.ZodError) return reply.code(400).send({ error: listIssues(error).trim() });
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
}
