import { newEventSecret } from "@hikyaku/core";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { printResult } from "../../output/print-result.ts";

export function addSecret(events: Command, cli: Cli): void {
  events
    .command("secret")
    .description("a new secret for `events.secret`; it is kept nowhere")
    .action(
      cli.action(async (_own, command: Command) => {
        const secret = newEventSecret();
        printResult(cli, command.optsWithGlobals<GlobalOptions>(), { secret }, () => `${secret}\n`);
        return 0;
      }),
    );
}
