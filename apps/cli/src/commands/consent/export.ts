import { writeCell } from "@hikyaku/core";
import { type ConsentRecord, consentsOfRecipient, type Sql, streamConsents } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { readNumber } from "../../messages/read-number.ts";

const columns = ["to", "consent_at", "consent_source", "advertised_at", "campaign_id", "message_id"] as const;

export function addExport(consent: Command, cli: Cli): void {
  consent
    .command("export")
    .option("--to <number>", "only of this recipient (default: of everybody)")
    .description("every record as CSV, numbers in full: the proof that the law asks for")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ to?: string } & GlobalOptions>();
        const { out } = cli.terminal;
        return await useLedger(cli, options, async ({ sql }) => {
          let isFirst = true;
          if (!options.json) out.write(`\ufeff${columns.join(",")}\r\n`);
          for await (const records of recordsOf(sql, options.to)) {
            for (const record of records) {
              out.write(options.json ? `${isFirst ? "[\n" : ",\n"}${JSON.stringify(record)}` : csvRow(record));
              isFirst = false;
            }
            await out.drained();
          }
          if (options.json) out.write(isFirst ? "[]\n" : "\n]\n");
          return 0;
        });
      }),
    );
}

async function* recordsOf(sql: Sql, to: string | undefined): AsyncGenerator<ConsentRecord[]> {
  if (to === undefined) yield* streamConsents(sql);
  else yield await consentsOfRecipient(sql, { recipient: await readNumber(sql, to) });
}

function csvRow({ recipient, consentAt, consentSource, sentAt, campaignId, messageId }: ConsentRecord): string {
  const cells = [recipient, consentAt?.toISOString(), consentSource, sentAt?.toISOString(), campaignId, messageId];
  return `${cells.map((cell) => writeCell(cell ?? "")).join(",")}\r\n`;
}
