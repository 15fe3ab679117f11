#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { createTerminal, streamWriter } from "./output/terminal.ts";
import { run } from "./run.ts";

const interruption = new AbortController();
let isAwaited = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // Nobody asked to be told, or told already and asked again.
    if (!isAwaited || interruption.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    interruption.abort(signal);
  });
}
// `hikyaku campaign list | head`: whoever read has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  terminal: createTerminal(streamWriter(process.stdout), streamWriter(process.stderr), process.env),
  env: process.env,
  cwd: process.cwd(),
  interruption: () => {
    isAwaited = true;
    return interruption.signal;
  },
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
});

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
