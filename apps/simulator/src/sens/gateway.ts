import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createAlimtalkService } from "./alimtalk-service.ts";
import { type Answer, refused } from "./answer.ts";
import { refuseUnsigned } from "./head-checks.ts";
import { bodyOfRefusal, gatewayError } from "./refusal.ts";
import type { RequestLog } from "./request-log.ts";
import { answerTarget } from "./routing.ts";
import { createSmsService } from "./sms-service.ts";
import type { SensState } from "./state.ts";
import { readTarget } from "./target.ts";

/** The API gateway's port: signature, service, path, then the call, as protocol notes §2.4 order them. */
export function createSensGateway(state: SensState, log: RequestLog) {
  const services = { settings: state.settings, alimtalk: createAlimtalkService(state), sms: createSmsService(state) };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    log.arrived();
    response.on("close", () => log.left());
    const body = await collect(request, state.settings.maxBodyBytes).catch(() => undefined);
    // A request that broke off was never received.
    if (body === undefined) return;
    const modes = state.modes();
    if (modes.answerDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, modes.answerDelayMs));
    const method = request.method ?? "";
    const target = request.url ?? "/";
    const answer = answerTo(method, target, request, body);
    log.answered(method, target, answer, state.clock.now());
    write(answer, request, response);
  }

  function answerTo(method: string, target: string, request: IncomingMessage, body: Buffer | "too-large"): Answer {
    const modes = state.modes();
    if (method === "POST" && state.random.happens(modes.resetBeforeStore)) return { kind: "cut" };
    // Signatures are of real time: a jump of the simulated clock must not make every caller a stranger.
    const refusal = refuseUnsigned({ method, target, headers: request.headers }, state.settings, gatewayNow());
    if (refusal !== undefined) return refused(refusal);
    if (body === "too-large") return refused(gatewayError("430", `at most ${state.settings.maxBodyBytes} bytes`));
    return answerTarget(method, readTarget(target), () => parseJson(body), services);
  }

  function write(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
    if (answer.kind === "cut") {
      request.socket.destroy();
      return;
    }
    const { wrappedErrors, extraFields } = state.modes();
    const [status, plain] =
      answer.kind === "answer"
        ? [answer.status, answer.body]
        : [answer.refusal.status, bodyOfRefusal(answer.refusal, wrappedErrors)];
    const isObject = plain !== null && typeof plain === "object" && !Array.isArray(plain);
    const value = extraFields && isObject ? { ...plain, somethingNew: { sinceVersion: 9 } } : plain;
    response.writeHead(status, {
      date: new Date(gatewayNow()).toUTCString(),
      "x-ncp-apigw-request-id": randomUUID(),
      "x-ncp-trace-id": randomUUID().replaceAll("-", ""),
      ...(value === undefined ? {} : { "content-type": "application/json;charset=UTF-8" }),
    });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  }

  function gatewayNow(): number {
    return Date.now() + state.modes().clockSkewMs;
  }

  return { handle };
}

async function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer | "too-large"> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  return length > maxBytes ? "too-large" : Buffer.concat(chunks);
}

/** undefined where it is no JSON in UTF-8, which the call then refuses. A field that is null isn't set: PHP's clients write them all. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body), function (this: unknown, _, value) {
      return value === null && !Array.isArray(this) ? undefined : value;
    });
  } catch {
    return undefined;
  }
}
