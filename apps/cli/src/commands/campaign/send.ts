import { resolve } from "node:path";
import type { Command } from "commander";
import { keyOfFile } from "../../campaigns/campaign-key.ts";
import { addContentOptions } from "../../campaigns/campaign-options.ts";
import { previewFile } from "../../campaigns/preview-file.ts";
import { readSaid } from "../../campaigns/read-said.ts";
import { sendFile } from "../../campaigns/send-file.ts";
import type { SendOptions } from "../../campaigns/send-options.ts";
import type { Cli } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { openRecipientFile } from "../../csv/recipient-file.ts";
import { createRejectedFile, rejectedPathOf } from "../../csv/rejected-file.ts";
import { duration } from "../../option-values.ts";
import { addFileOptions } from "./import.ts";

export function addSend(campaign: Command, cli: Cli): void {
  const command = campaign
    .command("send")
    .argument("<file>", "CSV with a header row")
    .description("import a file, check it, send to everyone in it, show how it goes and report");
  addFileOptions(addContentOptions(command))
    .option("--dry-run", "only show what would be sent; nothing is written")
    .option("-y, --yes", "do not ask before sending")
    .option("--no-wait", "return as soon as sending has begun")
    .option("--wait-receipts <duration>", "after sending, wait so long for the receipts, e.g. 10m", duration)
    .action(
      cli.action(async (given: string, _own, self: Command) => {
        const options = self.optsWithGlobals<SendOptions>();
        const path = resolve(cli.cwd, given);
        const said = await readSaid(options, cli.cwd);
        return await useProducer(cli, options, async (producer, ledger, stack) => {
          const file = await openRecipientFile(path, options);
          try {
            if (options.dryRun) return await previewFile({ cli, options, producer, file, said });
            const rejectedFile = createRejectedFile(
              resolve(cli.cwd, options.rejected ?? rejectedPathOf(path)),
              file.header,
            );
            const key = options.key ?? (await keyOfFile(path, said, options));
            return await sendFile({
              ...{ cli, options, producer, ledger, stack, path, file, rejectedFile, said, key },
            });
          } finally {
            file.close();
          }
        });
      }),
    );
}
