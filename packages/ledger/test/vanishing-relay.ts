import { connect, type Socket } from "node:net";
import { spawnNode, waitFor } from "@hikyaku/testkit";

export interface VanishingRelay extends AsyncDisposable {
  readonly port: number;
  /** From here on it is as if its host had lost its power. */
  vanish(): Promise<void>;
}

/** A process between a client and a server on this machine, which can vanish without a word. */
export async function startVanishingRelay(targetPort: number): Promise<VanishingRelay> {
  const process = spawnNode(new URL("./vanishing-relay-process.ts", import.meta.url), { args: [String(targetPort)] });
  const port = Number((await process.ready(/listening on (\d+)/))[1]);
  const waiting: Socket[] = [];
  return {
    port,
    async vanish() {
      process.signal("SIGSTOP");
      // Its queue is full when one more is not answered.
      await waitFor(async () => !(await isTaken(port, waiting)), {
        what: "the queue of the stopped process to be full",
      });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      await process[Symbol.asyncDispose]();
    },
  };
}

/** Whether the system takes one more connection for a process that accepts none. */
async function isTaken(port: number, waiting: Socket[]): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 500 });
    waiting.push(socket);
    socket.once("connect", () => resolve(true));
    socket.once("timeout", () => resolve(false));
    socket.on("error", () => resolve(false));
  });
}
