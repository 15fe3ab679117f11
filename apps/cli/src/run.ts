import { ConfigError, formatFault } from "@hikyaku/config";
import { StackError } from "@hikyaku/testkit";
import { CommanderError } from "commander";
import type { Cli, ExitCode, World } from "./cli.ts";
import { CliError } from "./cli-error.ts";
import { createProgram } from "./program.ts";

/**
 * Runs one command line.
 * @param argv what stands behind `hikyaku`
 * @returns 0 success, 1 failure, 2 usage (or a configuration that can't be used)
 */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = 0;
  const cli: Cli = {
    ...world,
    action:
      (act) =>
      async (...given) => {
        code = (await act(...given)) ?? 0;
      },
  };
  try {
    await createProgram(cli).parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return tell(error, world, argv.includes("--debug"));
  }
}

function tell(error: unknown, { terminal }: World, isDebug: boolean): ExitCode {
  const { err, errPaint } = terminal;
  // Commander has told it already; help and version that were asked for are no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const label = errPaint.red("error:");
  if (error instanceof ConfigError) {
    err.write(
      `${label} The configuration can't be used:\n${error.faults.map((fault) => `  ${formatFault(fault)}\n`).join("")}`,
    );
  } else if (error instanceof CliError) {
    err.write(`${label} ${error.message}\n${error.mend === null ? "" : `${errPaint.dim("→")} ${error.mend}\n`}`);
  } else {
    err.write(`${label} ${error instanceof Error ? error.message : String(error)}\n`);
    if (!isDebug && !isExpected(error))
      err.write(`${errPaint.dim("→")} Run it again with --debug to see where it happened.\n`);
  }
  if (isDebug && error instanceof Error) err.write(`${error.stack ?? error.message}\n${causeOf(error)}`);
  return error instanceof ConfigError ? 2 : error instanceof CliError ? error.exitCode : 1;
}

/** Errors of our packages name their mend themselves. */
function isExpected(error: unknown): boolean {
  return error instanceof StackError || (error instanceof Error && "mend" in error);
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `caused by ${cause.stack ?? cause.message}\n` : "";
}
