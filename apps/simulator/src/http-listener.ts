import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens and gives the port, which matters when 0 was asked for. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening, waits until `openRequests` is 0 or the deadline passes, then drops what is left. */
export async function drain(server: Server, openRequests: () => number, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const until = performance.now() + deadlineMs;
  while (openRequests() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  server.closeIdleConnections();
  // An answer that was just written may still be on its way out; give it a moment before cutting.
  const cut = setTimeout(() => server.closeAllConnections(), 50);
  await closed;
  clearTimeout(cut);
}
