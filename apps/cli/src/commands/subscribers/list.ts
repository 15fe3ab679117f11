import { maskNumber } from "@hikyaku/core";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { oneOf } from "../../option-values.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { useQuestions } from "../../questions/use-questions.ts";

interface SubscribersListOptions extends GlobalOptions {
  route: string;
  format?: "table" | "json" | "csv";
  showNumbers?: boolean;
}

export function addList(subscribers: Command, cli: Cli): void {
  subscribers
    .command("list")
    .requiredOption("-r, --route <name>", "route whose carrier is asked")
    .option("--format <format>", "table, json or csv (default: table)", oneOf(["table", "json", "csv"] as const))
    .option("--show-numbers", "numbers in full")
    .description("ask the carrier for the users of the account; being one of them is no consent to advertising")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<SubscribersListOptions>();
        const { once: signal } = cli.interruption();
        const { out, err } = cli.terminal;
        const asJson = options.json ?? options.format === "json";
        const shown = (recipient: string) => (options.showNumbers ? recipient : maskNumber(recipient));
        return await useQuestions(cli, options, async ({ questions, route }) => {
          const all: string[] = [];
          let numbers = 0;
          let unreadable = 0;
          if (options.format === "csv" && !asJson) out.write("\ufeffrecipient\r\n");
          for (let cursor: string | undefined; ; ) {
            const page = await questions.subscribers({ cursor, signal });
            if (page === null) {
              throw new CliError(`Stopped after ${counted(numbers, "number")}; the list is not complete.`, {
                mend: "Run it again: it begins anew.",
              });
            }
            numbers += page.recipients.length;
            unreadable += page.unreadable;
            const recipients = page.recipients.map(shown);
            if (asJson) all.push(...recipients);
            else
              for (const recipient of recipients)
                out.write(options.format === "csv" ? `${recipient}\r\n` : `${recipient}\n`);
            await out.drained();
            if (page.next === null) break;
            cursor = page.next;
          }
          if (asJson)
            printResult(cli, { ...options, json: true }, { route: route.name, subscribers: all, unreadable }, () => "");
          else {
            const unread =
              unreadable === 0 ? "" : `; ${counted(unreadable, "entry", "entries")} held no number that can be read`;
            err.write(`${counted(numbers, "subscriber")} on ${route.name}${unread}.\n`);
          }
          return 0;
        });
      }),
    );
}
