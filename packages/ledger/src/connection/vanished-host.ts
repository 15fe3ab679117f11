import { connect, type Socket } from "node:net";

export interface HostWatchOptions {
  /** A server that has something to answer and says nothing on any connection for so long is looked after. */
  silentMs?: number;
  /** Its host has so long to take another connection. */
  answerMs?: number;
}

interface Watched {
  read: number;
  written: number;
  /** Since when something that was written may wait for its answer; null when nothing does. */
  owedSince: number | null;
}

/**
 * Gives the connections up whose other end vanished without a word: a host that lost its power, an address that a failover took away. The
 * system repeats what was written for a quarter of an hour before it says so (keep-alive only begins when all has arrived), and Node can't
 * shorten that.
 *
 * Silence alone proves nothing: a report over millions of rows says nothing for minutes. So the address is asked for another connection. A
 * host that is there takes or refuses it at once; its statements may take their time, and what was written has arrived, so that keep-alive does the
 * rest (10 s, then ten probes a second apart). One that keeps silent is gone, and the statements fail with `ETIMEDOUT`, as they would have later.
 *
 * @returns begins to watch one more socket, until it is destroyed
 */
export function createHostWatch({
  silentMs = 10_000,
  answerMs = 5_000,
}: HostWatchOptions = {}): (socket: Socket) => void {
  const sockets = new Map<Socket, Watched>();
  const heardAt = new Map<string, number>();
  const asking = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  // No listeners: the driver takes all of them off a socket on which TLS starts, and then reads and writes past it.
  function look(): void {
    const now = performance.now();
    for (const [socket, watched] of sockets) {
      if (socket.destroyed) sockets.delete(socket);
      else if (!socket.connecting) note(socket, watched, now);
    }
    if (sockets.size === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    for (const [socket, { owedSince }] of sockets) {
      const address = addressOf(socket);
      if (owedSince === null || address === null || asking.has(address)) continue;
      const silentSince = Math.max(owedSince, heardAt.get(address) ?? 0);
      if (now - silentSince >= silentMs) void ask(socket, address);
    }
  }

  function note(socket: Socket, watched: Watched, now: number): void {
    const { bytesRead, bytesWritten } = socket;
    const address = addressOf(socket);
    const isHeard = bytesRead !== watched.read;
    if (isHeard && address !== null) heardAt.set(address, now);
    // Where both moved since the last look nobody knows which was later.
    if (bytesWritten !== watched.written) watched.owedSince = isHeard ? now : (watched.owedSince ?? now);
    else if (isHeard) watched.owedSince = null;
    watched.read = bytesRead;
    watched.written = bytesWritten;
  }

  async function ask({ remoteAddress = "", remotePort = 0 }: Socket, address: string): Promise<void> {
    asking.add(address);
    const isThere = await answers(remoteAddress, remotePort, answerMs);
    asking.delete(address);
    for (const [socket, watched] of sockets) {
      if (watched.owedSince === null || addressOf(socket) !== address) continue;
      if (isThere) watched.owedSince = null;
      else if (socket.bytesRead === watched.read) socket.destroy(vanished(address));
    }
  }

  return (socket) => {
    sockets.set(socket, { read: 0, written: 0, owedSince: null });
    // Often, so that all processes are back at about the same time: whoever is first would take the others for dead.
    timer ??= setInterval(look, silentMs / 10).unref();
  };
}

function addressOf({ remoteAddress, remotePort }: Socket): string | null {
  return remoteAddress === undefined || remotePort === undefined ? null : `${remoteAddress} port ${remotePort}`;
}

function vanished(address: string): Error {
  const message = `PostgreSQL at ${address} vanished: it owes answers, and takes no other connection`;
  return Object.assign(new Error(message), { code: "ETIMEDOUT", syscall: "read" });
}

/** Whether a host takes a connection or refuses it, and does not just keep silent. */
async function answers(host: string, port: number, answerMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = connect({ host, port, timeout: answerMs });
    const end = (isThere: boolean) => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once("connect", () => end(true));
    probe.once("timeout", () => end(false));
    probe.on("error", ({ code = "" }: NodeJS.ErrnoException) => end(!goneCodes.has(code)));
  });
}

const goneCodes = new Set(["ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"]);
