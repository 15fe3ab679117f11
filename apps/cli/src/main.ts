#!/usr/bin/env node
import { writeSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { createTerminal, streamWriter } from "./output/terminal.ts";
import { run } from "./run.ts";
import { findRunners, watchRunners } from "./running/runners.ts";

const interruption = { once: new AbortController(), twice: new AbortController() };
let isAwaited = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!isAwaited || interruption.twice.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    if (interruption.once.signal.aborted) interruption.twice.abort(signal);
    else interruption.once.abort(signal);
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
    if (!isAwaited) watchRunners(findRunners(process.ppid), () => interruption.once.abort("SIGTERM"));
    isAwaited = true;
    return { once: interruption.once.signal, twice: interruption.twice.signal };
  },
  onHangup: (listener) => {
    const onSignal = () => {
      // A terminal that was closed sends the same signal; then there is nobody to run for.
      if (process.stderr.isTTY && !canWrite(process.stderr.fd)) interruption.once.abort("SIGHUP");
      else listener();
    };
    process.on("SIGHUP", onSignal);
    return () => process.off("SIGHUP", onSignal);
  },
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
});

function canWrite(fd: number): boolean {
  try {
    writeSync(fd, "\n");
    return true;
  } catch {
    return false;
  }
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
