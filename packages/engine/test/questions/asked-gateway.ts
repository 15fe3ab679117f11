import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  method: string;
  path: string;
  /** The number a capability check names; null for other calls. */
  number: string | null;
  /** `performance.now()` */
  at: number;
}

export interface AskedGateway extends AsyncDisposable {
  baseUrl: string;
  asked: Asked[];
}

/** A gateway that answers capability checks and subscriber lists as the test says, and remembers what it was asked. */
export async function startAskedGateway(
  answer: (asked: Asked, nth: number) => { status: number; body?: unknown; delayMs?: number },
): Promise<AskedGateway> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const number = body === "" ? null : (JSON.parse(body).messageContact?.userContact ?? null);
    const one = { method: request.method ?? "", path: request.url ?? "", number, at: performance.now() };
    const { status, body: said = "", delayMs = 0 } = answer(one, asked.push(one));
    setTimeout(() => response.writeHead(status).end(said === "" ? "" : JSON.stringify(said)), delayMs);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/au`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
