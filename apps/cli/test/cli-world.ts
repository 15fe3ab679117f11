import type { World } from "../src/cli.ts";
import { createTerminal, type Writer } from "../src/output/terminal.ts";
import { run } from "../src/run.ts";

export interface CliResult {
  code: number;
  /** Standard output. */
  out: string;
  /** Standard error. */
  err: string;
}

export interface CliWorldOptions {
  env?: Record<string, string | undefined>;
  cwd: string;
  /** What the user types when asked; null when nobody sits there. */
  answer?: string;
  /** Ctrl-C. */
  interrupt?: AbortSignal;
}

/** Runs one command line in this process, with everything it writes caught. */
export async function hikyaku(
  argv: readonly string[],
  { env = {}, cwd, answer, interrupt = new AbortController().signal }: CliWorldOptions,
): Promise<CliResult> {
  const out = memoryWriter();
  const err = memoryWriter();
  const world: World = {
    terminal: createTerminal(out.writer, err.writer, { NO_COLOR: "1" }),
    env,
    cwd,
    interruption: () => ({ once: interrupt, twice: new AbortController().signal }),
    onHangup: () => () => {},
    ask: answer === undefined ? null : async () => answer,
  };
  const code = await run(argv, world);
  return { code, out: out.text(), err: err.text() };
}

function memoryWriter(): { writer: Writer; text: () => string } {
  let text = "";
  return {
    writer: {
      write: (piece) => {
        text += piece;
      },
      drained: async () => {},
      isTTY: false,
      columns: 120,
    },
    text: () => text,
  };
}
