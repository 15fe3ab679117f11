import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import * as tls from "node:tls";

/** One connection of the client under test, in the server's hands. */
export interface RawConnection {
  readonly socket: Socket;
  /** Waits for a whole request and gives its bytes; null when the client closed first. */
  request(): Promise<Buffer | null>;
  /** Writes bytes as they are. */
  write(bytes: string): void;
}

/** Answers one connection; how it ends is the script's affair. `index` counts connections from 0. */
export type Script = (connection: RawConnection, index: number) => void | Promise<void>;

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Connections taken so far. */
  readonly connections: () => number;
}

/** A TCP server that speaks exactly the bytes a test tells it to, on a free port of the loopback. */
export async function startRawServer(script: Script, secure?: { key: string; cert: string }): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const onConnection = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that goes away in the middle is what some tests are about.
    socket.on("error", () => {});
    void script(rawConnection(socket), count++);
  };
  const server: Server = secure === undefined ? createServer(onConnection) : tls.createServer(secure, onConnection);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function rawConnection(socket: Socket): RawConnection {
  let received = Buffer.alloc(0);
  let wake = () => {};
  let isClosed = false;
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on("close", () => {
    isClosed = true;
    wake();
  });
  return {
    socket,
    async request() {
      for (;;) {
        const length = requestLength(received);
        if (length !== null && received.length >= length) {
          const request = received.subarray(0, length);
          received = received.subarray(length);
          return request;
        }
        if (isClosed) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    write: (bytes) => {
      socket.write(bytes);
    },
  };
}

function requestLength(bytes: Buffer): number | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [, length = "0"] = /^content-length: *(\d+)/im.exec(bytes.toString("latin1", 0, end)) ?? [];
  return end + 4 + Number(length);
}

/** A whole HTTP answer. */
export function httpAnswer(status: number, body: string, headers: readonly string[] = []): string {
  const head = [`HTTP/1.1 ${status} Any`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** Answers every request of every connection with the same bytes and keeps what came. */
export function answering(answer: string, received: string[] = []): Script {
  return async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      received.push(request.toString("utf8"));
      connection.write(answer);
    }
  };
}
