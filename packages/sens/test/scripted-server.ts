import { once } from "node:events";
import { createServer } from "node:http";

export interface SeenRequest {
  method: string;
  /** As it came over the wire. */
  target: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface Scripted {
  status: number;
  /** A text as it is; anything else as JSON; undefined for no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** An HTTP server that answers as a test tells it to, and keeps what came. On a free port of the loopback. */
export async function startScriptedServer(answer: (request: SeenRequest, nth: number) => Scripted | Promise<Scripted>) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const target = request.url ?? "";
    const { pathname, searchParams } = new URL(target, "http://localhost");
    const headers = request.headers as Record<string, string | undefined>;
    const query = Object.fromEntries(searchParams);
    const received: SeenRequest = { method: request.method ?? "", target, path: pathname, query, headers, body };
    seen.push(received);
    const scripted = await answer(received, seen.length - 1);
    const text = typeof scripted.body === "string" ? scripted.body : JSON.stringify(scripted.body);
    response.writeHead(scripted.status, { "content-type": "application/json;charset=UTF-8", ...scripted.headers });
    response.end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
