import type { CallFailure } from "@hikyaku/core";
import type { Dispatcher } from "undici";
import { callFailureOf, failureDetail } from "./call-failure.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What came of one request. `broke` says how an answer whose status arrived ended before its body did. */
export type Exchange =
  | { kind: "answer"; status: number; headers: Headers; retryAfter: string | null; body: string; broke: string | null }
  | { kind: "no-answer"; failure: CallFailure; detail: string };

export interface ExchangeRequest {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Name, value, name, value … */
  headers: string[];
  body?: string;
}

export interface ExchangeLimits {
  connectTimeoutMs: number;
  responseTimeoutMs: number;
  maxBodyBytes: number;
}

/**
 * Sends one request once. Never rejects, never repeats, follows nothing. A handler of undici's own kind instead of
 * `request()`: it costs no stream per answer, and it learns exactly when the request is given to a connection.
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: ExchangeRequest,
  limits: ExchangeLimits,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(limits, resolve);
    try {
      dispatcher.dispatch({ origin, ...request }, handler);
    } catch (error) {
      handler.onResponseError(null, error as Error);
    }
  });
}

/** The first value of a header, named in lower case; null when the answer has none. */
export function headerOf({ headers }: { headers: Headers }, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

class ExchangeHandler {
  readonly #limits: ExchangeLimits;
  readonly #settle: (result: Exchange) => void;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #status = 0;
  #headers: Headers = {};
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(limits: ExchangeLimits, settle: (result: Exchange) => void) {
    this.#limits = limits;
    this.#settle = settle;
    // undici's own clock covers one connection attempt; this one also a proxy that never opens the tunnel and a connection that never
    // becomes free, so that a call has a longest duration.
    this.#timer = setTimeout(() => this.#end("connect-timeout", "no connection in time"), limits.connectTimeoutMs);
  }

  /** Called with a connection at hand, before the first byte is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while waiting: the word was "not sent", so nothing may be sent now.
    if (this.#isSettled) {
      controller.abort(new Error("given up before it was written"));
      return;
    }
    if (this.#controller !== null) {
      // undici does not write a POST twice; should it ever try, the second one is stopped here.
      this.#end("reset-after-written", "started twice");
      controller.abort(new Error("already written once"));
      return;
    }
    this.#controller = controller;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end("response-timeout", "no answer in time"), this.#limits.responseTimeoutMs);
  }

  onResponseStart(_: unknown, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > this.#limits.maxBodyBytes) this.#end("reset-after-written", "answer longer than maxBodyBytes");
  }

  onResponseEnd(): void {
    this.#finish(this.#answer(null));
  }

  onResponseError(_: unknown, error: Error): void {
    this.#end(callFailureOf(error, this.#controller !== null), failureDetail(error));
  }

  #end(failure: CallFailure, detail: string): void {
    if (this.#isSettled) return;
    this.#finish(this.#status === 0 ? { kind: "no-answer", failure, detail } : this.#answer(detail));
    this.#controller?.abort(new Error(detail));
  }

  #answer(broke: string | null): Exchange {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const body = bytes.toString("utf8", 0, Math.min(bytes.length, this.#limits.maxBodyBytes));
    const headers = this.#headers;
    const retryAfter = headerOf({ headers }, "retry-after");
    return { kind: "answer", status: this.#status, headers, retryAfter, body, broke };
  }

  #finish(result: Exchange): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#settle(result);
  }
}
