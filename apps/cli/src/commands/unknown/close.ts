import { closeUnknown } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { addSelectionOptions, type SelectionOptions, selectionOf } from "../../messages/unknown-selection.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

export function addClose(unknown: Command, cli: Cli): void {
  addSelectionOptions(unknown.command("close"))
    .description("give them up: they become expired; a late receipt of their end still corrects them")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<SelectionOptions & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const messages = await closeUnknown(sql, await selectionOf(sql, options));
          printResult(cli, options, { messages }, () => `${counted(messages, "message")} closed.\n`);
          return 0;
        });
      }),
    );
}
