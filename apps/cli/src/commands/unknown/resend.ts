import { resendUnknown } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { addSelectionOptions, type SelectionOptions, selectionOf } from "../../messages/unknown-selection.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

export function addResend(unknown: Command, cli: Cli): void {
  addSelectionOptions(unknown.command("resend"))
    .option("--reason <text>", "why, for the audit")
    .option("-y, --yes", "do not ask")
    .description("send them again; whoever did get the message gets it twice")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<
          SelectionOptions & GlobalOptions & { yes?: boolean; reason?: string }
        >();
        return await useLedger(cli, options, async ({ sql }) => {
          const selection = await selectionOf(sql, options);
          if (!options.yes) {
            // Somebody may get a message twice: no script does that by having forgotten a word.
            if (cli.ask === null) {
              throw new CliError("Nobody is there to be asked; nothing was sent again.", {
                mend: "Give --yes if whoever did get the message may get it twice.",
                exitCode: 2,
              });
            }
            const answer = await cli.ask("Whoever did get the message gets it twice. Send again? [y/N] ");
            if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("Nothing was sent again.");
          }
          const messages = await resendUnknown(sql, selection, {
            actor: actorOf(cli),
            reason: options.reason ?? "",
          });
          printResult(cli, options, { messages }, () => `${counted(messages, "message")} will be sent again.\n`);
          return 0;
        });
      }),
    );
}
