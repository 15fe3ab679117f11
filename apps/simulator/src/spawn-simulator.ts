import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SimulatorOptions } from "./options.ts";

/** A simulator in a process of its own, which ends with this one, however this one ends. */
export interface SimulatorProcess {
  readonly gatewayUrl: string;
  readonly controlUrl: string;
  readonly pid: number;
  /** SIGTERM, then waits for the exit. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A gateway counts requests when it sees them, so a pause of its own looks like a burst of the client's. It keeps every message,
 * and with V8's young generation of this machine's size (up to 32 MB) collecting it took up to 20 ms; so small, about one. V8's four
 * helpers would only wait for cores that the client needs, and the collection for them.
 */
const shortPauses = ["--max-semi-space-size=1", "--v8-pool-size=1"];

/** @throws Error with what the process printed, when it ends before it listens. */
export async function spawnSimulator(options: SimulatorOptions = {}): Promise<SimulatorProcess> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, [...shortPauses, main, "--until-stdin-closes"], {
    env: { ...process.env, SIMULATOR_OPTIONS: JSON.stringify(options) },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  const lines = createInterface({ input: child.stdout });
  const firstLine = once(lines, "line") as Promise<[string]>;
  const started = await Promise.race([firstLine, exited.then(() => undefined)]);
  if (started === undefined || child.pid === undefined) throw new Error(`the simulator did not start:\n${complaint}`);
  // Later lines are of no use here, but an unread pipe would stop the process.
  lines.resume();
  const { gatewayUrl, controlUrl } = JSON.parse(started[0]) as { gatewayUrl: string; controlUrl: string };
  const close = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return { gatewayUrl, controlUrl, pid: child.pid, close, [Symbol.asyncDispose]: close };
}
