import { createServer } from "node:net";

/**
 * A TCP port of 127.0.0.1 that nothing listens on now. Another process may take it before you do, so whoever
 * starts a server on it has to be ready for `EADDRINUSE` and ask again.
 * @param preferred tried first, for servers that like to come back where they were
 */
export async function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (preferred !== 0 && (error.code === "EADDRINUSE" || error.code === "EACCES")) resolve(freePort());
      else reject(error);
    });
    server.listen({ port: preferred, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
