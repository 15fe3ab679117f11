import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { identify } from "../src/folder/process-identity.ts";
import { type NodeProcess, spawnNode } from "../src/spawn-node.ts";
import { waitFor } from "../src/wait-for.ts";
import { childrenOf, type ServerProcesses } from "./server-processes.ts";

const program = new URL("./use-stack.ts", import.meta.url);

async function stackIn(user: NodeProcess): Promise<ServerProcesses> {
  const [line] = await user.ready(/^\{.*\}$/m, { timeoutMs: 60_000 });
  return JSON.parse(line) as ServerProcesses;
}

function leftOf({ postgresPid, redisPid, keeperPid, folder }: ServerProcesses): string[] {
  return [
    ...(identify(postgresPid) ? ["PostgreSQL"] : []),
    ...(identify(redisPid) ? ["Redis"] : []),
    ...(identify(keeperPid) ? ["keeper"] : []),
    ...(existsSync(folder) ? [folder] : []),
  ];
}

const ends: Array<{ how: string; end?: NodeJS.Signals; exit: { code: number | null; signal: NodeJS.Signals | null } }> =
  [
    { how: "return", exit: { code: 0, signal: null } },
    { how: "exit", exit: { code: 3, signal: null } },
    { how: "throw", exit: { code: 1, signal: null } },
    { how: "close", exit: { code: 0, signal: null } },
    { how: "SIGINT", end: "SIGINT", exit: { code: null, signal: "SIGINT" } },
    { how: "SIGTERM", end: "SIGTERM", exit: { code: null, signal: "SIGTERM" } },
    { how: "SIGKILL", end: "SIGKILL", exit: { code: null, signal: "SIGKILL" } },
  ];

test.for(ends)("no process and no folder is left when the program ends by $how", async ({ how, end, exit }) => {
  await using user = spawnNode(program, { args: [how] });
  const stack = await stackIn(user);
  if (end !== undefined) {
    expect(leftOf(stack)).toEqual(["PostgreSQL", "Redis", "keeper", stack.folder]);
    await user.kill(end);
  }
  expect(await user.exited).toEqual(exit);
  await waitFor(() => leftOf(stack).length === 0, { what: "the servers and their folder to go" });
});

test("nothing is left when the program is killed while the servers start", async () => {
  await using user = spawnNode(program, { args: ["stay"] });
  const keeper = await waitFor(() => childrenOf(user.pid)[0], { what: "the keeper" });
  await user.kill("SIGKILL");
  await waitFor(() => identify(keeper) === undefined, { what: "the keeper to go" });
});

test("a keeper whose program dies before it listens goes too", async () => {
  await using user = spawnNode(new URL("./die-at-once.ts", import.meta.url));
  const [, keeper] = await user.ready(/keeper (\d+)/);
  expect(await user.exited).toEqual({ code: null, signal: "SIGKILL" });
  await waitFor(() => identify(Number(keeper)) === undefined, { what: "the keeper to go" });
});

test("Ctrl-C in the terminal reaches the program only, which can still use the servers", async () => {
  // A group of its own stands for the terminal's foreground group.
  const user = spawn(process.execPath, [fileURLToPath(program), "drain"], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let output = "";
    user.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const stack = JSON.parse(
      await waitFor(() => /^\{.*\}$/m.exec(output)?.[0], { timeoutMs: 60_000, what: "the stack" }),
    ) as ServerProcesses;
    process.kill(-(user.pid ?? 0), "SIGINT");
    await waitFor(() => output.includes("drained"), { what: "the program to drain" });
    await waitFor(() => leftOf(stack).length === 0, { what: "the servers to go" });
  } finally {
    user.kill("SIGKILL");
  }
});

test("a killed keeper takes its servers with it", async () => {
  await using user = spawnNode(program, { args: ["stay"] });
  const stack = await stackIn(user);
  process.kill(stack.keeperPid, "SIGKILL");
  await user.ready(/PostgreSQL has ended by itself/);
  await waitFor(() => leftOf(stack).length === 0, { what: "the servers to go" });
});
