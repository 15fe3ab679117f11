import type { Cli } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";

/**
 * Asks before something is cancelled for good.
 * @throws CliError when the answer is not yes, or nobody is there to give one
 */
export async function confirmCancel(cli: Cli, question: string): Promise<void> {
  if (cli.ask === null) {
    throw new CliError("Nobody is there to be asked; nothing was cancelled.", { mend: "Give --yes.", exitCode: 2 });
  }
  const answer = await cli.ask(`${question} Type yes: `);
  if (answer.trim().toLowerCase() !== "yes") throw new CliError("Nothing was cancelled.");
}
