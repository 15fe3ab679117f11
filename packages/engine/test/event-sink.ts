import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyEvent } from "@hikyaku/core";

export interface SunkEvent {
  id: string;
  headers: IncomingHttpHeaders;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
  raw: string;
  at: Date;
}

export interface EventSink extends AsyncDisposable {
  readonly url: string;
  /** Everything that was posted, whatever it was answered. */
  readonly posted: SunkEvent[];
  /** What was answered by 2xx, by id: the user's own view, with repeats left out. */
  readonly taken: Map<string, SunkEvent>;
  /** What the next ones are answered. Default 204 for all. */
  answer: (
    event: SunkEvent,
    nth: number,
  ) => { status: number; headers?: Record<string, string>; afterMs?: number } | "drop";
  /** Stops listening, as a system that is down; `listen` takes the same port again. */
  stop(): Promise<void>;
  listen(): Promise<void>;
}

/** A system of the user's own, on a real port: takes events, checks their signatures, answers as the test says. */
export async function startEventSink(secret: string): Promise<EventSink> {
  const posted: SunkEvent[] = [];
  const taken = new Map<string, SunkEvent>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString("utf8");
      const verified = verifyEvent({ headers: request.headers, body: raw, now: new Date() }, [secret]);
      if (!verified.ok) {
        response.writeHead(401).end(verified.reason);
        return;
      }
      const event = { id: verified.id, headers: request.headers, body: JSON.parse(raw), raw, at: new Date() };
      posted.push(event);
      const answer = sink.answer(event, posted.length);
      if (answer === "drop") {
        request.socket.destroy();
        return;
      }
      if (answer.status >= 200 && answer.status < 300) taken.set(event.id, event);
      setTimeout(() => response.writeHead(answer.status, answer.headers).end("noted"), answer.afterMs ?? 0);
    });
  });
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  const sink: EventSink = {
    get url() {
      return `http://127.0.0.1:${port}/events?token=geheim`;
    },
    posted,
    taken,
    answer: () => ({ status: 204 }),
    stop,
    listen,
    [Symbol.asyncDispose]: () => (server.listening ? stop() : Promise.resolve()),
  };
  return sink;
}
