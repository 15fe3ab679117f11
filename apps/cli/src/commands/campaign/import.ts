import { resolve } from "node:path";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { importText } from "../../campaigns/import-text.ts";
import { importWithProgress } from "../../campaigns/import-with-progress.ts";
import { nobodyTaken } from "../../campaigns/nobody-taken.ts";
import type { FileOptions } from "../../campaigns/send-options.ts";
import { tellWarnings } from "../../campaigns/tell-warnings.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { openRecipientFile } from "../../csv/recipient-file.ts";
import { createRejectedFile, rejectedPathOf } from "../../csv/rejected-file.ts";
import { printResult } from "../../output/print-result.ts";

export function addFileOptions(command: Command): Command {
  return command
    .option("--to-column <header>", "column with the numbers (default: to, phone, 電話番号, 전화번호 …)")
    .option("--encoding <name>", "encoding of the file (default: recognised)")
    .option("--strict", "take no row at all when one of them is bad or a duplicate")
    .option("--rejected <file>", "where rows that are not taken go (default: FILE.rejected.csv)");
}

export function addImport(campaign: Command, cli: Cli): void {
  addFileOptions(
    campaign
      .command("import")
      .argument("<campaign>", "id or key")
      .argument("<file>", "CSV with a header row")
      .description("the recipients of a campaign, from a CSV file; an interrupted import goes on"),
  ).action(
    cli.action(async (name: string, file: string, _own, command: Command) => {
      const options = command.optsWithGlobals<FileOptions & GlobalOptions>();
      const path = resolve(cli.cwd, file);
      return await useProducer(cli, options, async (producer, { sql }) => {
        const found = await findCampaignByName(sql, name);
        const source = await openRecipientFile(path, options);
        const rejectedFile = createRejectedFile(
          resolve(cli.cwd, options.rejected ?? rejectedPathOf(path)),
          source.header,
        );
        try {
          const result = await importWithProgress({
            ...{ producer, sql, campaign: found, path, file: source, rejectedFile },
            strict: options.strict ?? false,
            terminal: cli.terminal,
            interruption: cli.interruption(),
          });
          tellWarnings(cli.terminal, result.warnings);
          const rejectedPath = rejectedFile.count > 0 ? rejectedFile.path : null;
          const isEmpty = result.recipients === 0;
          printResult(
            cli,
            options,
            { ...result, encoding: source.encoding, rejectedFile: rejectedPath },
            () =>
              `${importText(result, { rejectedPath, encoding: source.encoding })}${isEmpty ? "" : `Start it: hikyaku campaign start ${result.key}\n`}`,
          );
          if (isEmpty) throw nobodyTaken(result, rejectedPath);
          return 0;
        } finally {
          source.close();
        }
      });
    }),
  );
}
