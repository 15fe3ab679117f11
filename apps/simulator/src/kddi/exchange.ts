import type { IncomingMessage, ServerResponse } from "node:http";
import type { Traffic } from "../traffic.ts";
import type { Answered } from "./message.ts";
import { type ErrorShape, type Refusal, refusalBody } from "./refusal.ts";
import type { Target } from "./routing.ts";

/** One request and its answer. Exactly one of the three ways to end it takes effect; the first one. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly target: Target;
  readonly arrivedAtMs: number;
  answer(status: number, body: string, contentType?: string): void;
  refuse(refusal: Refusal): void;
  /** Cuts the connection without an answer. */
  cut(): void;
  /** Told once how the exchange ended. */
  onEnd: ((answered: Answered) => void) | undefined;
}

/** `release` gives the request's place under the concurrency limit back, before the client can see the answer. */
export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  arrivedAtMs: number,
  traffics: readonly Traffic[],
  release: () => void,
  errorShape: ErrorShape,
): Exchange {
  let ended = false;

  function end(answered: Answered): boolean {
    if (ended) return false;
    ended = true;
    release();
    for (const traffic of traffics) traffic.answered(answered);
    exchange.onEnd?.(answered);
    return true;
  }

  function write(status: number, body: string, headers: Record<string, string | number>): void {
    if (!end(status)) return;
    headers["Content-Length"] = Buffer.byteLength(body);
    response.writeHead(status, headers);
    response.end(body);
  }

  const exchange: Exchange = {
    request,
    target,
    arrivedAtMs,
    onEnd: undefined,
    answer: (status, body, contentType = "application/json") => write(status, body, { "Content-Type": contentType }),
    refuse: (refusal) =>
      write(refusal.status, refusalBody(refusal, errorShape), {
        "Content-Type": "application/json",
        ...refusal.headers,
      }),
    cut() {
      if (end("closed")) request.socket.destroy();
    },
  };
  response.on("close", () => end("gone"));
  return exchange;
}
