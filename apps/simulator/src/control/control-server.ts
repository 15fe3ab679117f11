import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import { UserActError } from "../kddi/user-requests.ts";
import { listIssues, type SimulatorSettings } from "../options.ts";
import { type Simulator, UnknownBotError } from "../simulator.ts";
import { registerControlApi } from "./control-api.ts";
import { registerPages } from "./pages/register-pages.ts";

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The control API and its pages: never on the gateway's port, open to whoever reaches it, so keep it on loopback. */
export async function startControlServer(
  simulator: Omit<Simulator, "controlUrl">,
  settings: Pick<SimulatorSettings, "host" | "controlPort">,
): Promise<ControlServer> {
  const app = Fastify({ forceCloseConnections: true });
  acceptEmptyJson(app);
  refuseOtherSites(app);
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  registerControlApi(app, simulator);
  registerPages(app, simulator);

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

/** A page of another site, open in the same browser, must not work the simulator. Programs send no Origin. */
function refuseOtherSites(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ method, headers }, reply) => {
    const { origin, host } = headers;
    if (method === "GET" || origin === undefined || URL.parse(origin)?.host === host) return;
    await reply.code(403).send({ error: `calls from pages of ${origin} are not taken` });
  });
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof z.ZodError) return reply.code(400).send({ error: listIssues(error).trim() });
  if (error instanceof UnknownBotError) return reply.code(404).send({ error: error.message });
  if (error instanceof UserActError) return reply.code(409).send({ error: error.message, reason: error.reason });
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
}
