import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { duration, repeated } from "../../option-values.ts";
import { checkFile } from "../../questions/check-file.ts";
import { checkNumbers } from "../../questions/check-numbers.ts";
import { useQuestions } from "../../questions/use-questions.ts";

export interface CapabilityCheckOptions extends GlobalOptions {
  route: string;
  to?: string[];
  recipients?: string;
  out?: string;
  maxAge?: number;
  fullRate?: boolean;
  toColumn?: string;
  encoding?: string;
  showNumbers?: boolean;
}

export function addCheck(capability: Command, cli: Cli): void {
  capability
    .command("check")
    .requiredOption("-r, --route <name>", "route whose carrier is asked")
    .option("--to <number>", "a number, in any usual spelling; as often as there are", repeated)
    .option("--recipients <file>", "instead: the numbers of a CSV with a header row")
    .option("-o, --out <file>", "with --recipients: where the answers go (default: FILE.capability.csv)")
    .option(
      "--max-age <duration>",
      "an answer that is younger is used again; 0s asks anew (default: retention.capability)",
      duration,
    )
    .option("--full-rate", "use the route's whole rate, like a campaign, instead of the share of status checks")
    .option("--to-column <header>", "column with the numbers (default: to, phone, 電話番号, 전화번호 …)")
    .option("--encoding <name>", "encoding of the file (default: recognised)")
    .option("--show-numbers", "with --to: numbers in full")
    .description("ask the carrier which numbers have +Message; answers are kept for a day")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<CapabilityCheckOptions>();
        const { to, recipients, fullRate = false } = options;
        if ((to === undefined) === (recipients === undefined)) {
          throw new CliError(
            to === undefined ? "There is nobody to ask about." : "--to and --recipients are both given.",
            {
              mend: "Give --to NUMBER, as often as there are, or --recipients FILE.",
              exitCode: 2,
            },
          );
        }
        return await useQuestions(
          cli,
          options,
          async (opened) =>
            recipients === undefined
              ? await checkNumbers(cli, options, { ...opened, numbers: to ?? [] })
              : await checkFile(cli, options, { ...opened, given: recipients }),
          { fullRate },
        );
      }),
    );
}
