import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Recorded {
  /** `POST /au/…` */
  line: string;
  headers: IncomingHttpHeaders;
  /** Parsed; undefined when there was none. */
  body: unknown;
}

export interface RecordingGateway extends AsyncDisposable {
  baseUrl: string;
  recorded: Recorded[];
}

/** A gateway that takes everything, and keeps every request as it came. */
export async function startRecordingGateway(): Promise<RecordingGateway> {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { method = "", url = "", headers } = request;
    const nth = recorded.push({ line: `${method} ${url}`, headers, body: text === "" ? undefined : JSON.parse(text) });
    response.setHeader("content-type", "application/json");
    if (url.endsWith("/contactCapabilities")) response.end('{"capabilities":["chat","chatBotCommunication"]}');
    else if (url.endsWith("/subscribers")) response.end('{"subscribers":[{"userContact":"+819012345678"}]}');
    else response.writeHead(202).end(JSON.stringify({ msgId: `msg-${nth}` }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/au`,
    recorded,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
