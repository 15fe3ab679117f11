import { connect, type Socket } from "node:net";
import { createHostWatch } from "./vanished-host.ts";

/** The part of postgres.js's parsed options that says where the server is. */
export interface ServerAddress {
  host: string[];
  port: number[];
  /** Unix socket instead of host and port. */
  path?: string | undefined;
}

/**
 * A way to open sockets for postgres.js that send at once. Its own leave Nagle's algorithm on, and then a small packet
 * that follows another one waits for the server's delayed acknowledgement: 40 ms for the commit behind a COPY. And a host that vanishes is
 * noticed, see {@link createHostWatch}.
 */
export function socketOpener(): (address: ServerAddress) => Socket {
  const watch = createHostWatch();
  let attempts = 0;
  return ({ host, port, path }) => {
    if (path) return connect({ path });
    // With several hosts in the URL, each attempt takes the next one.
    const index = attempts++ % host.length;
    const target = { host: host[index] ?? "localhost", port: port[index] ?? 5432 };
    const socket = connect({ ...target, noDelay: true });
    watch(socket);
    // postgres.js reads `host` off the socket for the name to check in the server's certificate.
    return Object.assign(socket, target);
  };
}
