import { ConfigError, formatFault } from "@hikyaku/config";
import { type Fault, HikyakuError, InvalidRequestError } from "@hikyaku/producer";
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
  } else if (error instanceof HikyakuError) {
    err.write(`${label} ${textOf(error)}\n`);
  } else {
    err.write(`${label} ${error instanceof Error ? error.message : String(error)}\n`);
    if (!isDebug && !(error instanceof StackError))
      err.write(`${errPaint.dim("→")} Run it again with --debug to see where it happened.\n`);
  }
  if (isDebug && error instanceof Error) err.write(`${error.stack ?? error.message}\n${causeOf(error)}`);
  if (error instanceof ConfigError || error instanceof InvalidRequestError) return 2;
  return error instanceof CliError ? error.exitCode : 1;
}

/** Every fault on a line of its own. Their messages name the mend. */
function textOf(error: HikyakuError): string {
  if (!("issues" in error) || !Array.isArray(error.issues) || error.issues.length < 2) return error.message;
  return (error.issues as Fault[]).map(({ path, message }) => `\n  ${path}: ${message}`).join("");
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `caused by ${cause.stack ?? cause.message}\n` : "";
}
