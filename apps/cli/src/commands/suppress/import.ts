import { resolve } from "node:path";
import { createRecipientSet } from "@hikyaku/core";
import { importSuppressions } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { openRecipientFile, rowSource } from "../../csv/recipient-file.ts";
import { createRejectedFile, rejectedPathOf } from "../../csv/rejected-file.ts";
import { openNumberReader } from "../../messages/read-number.ts";
import { count, counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

interface SuppressImportOptions extends GlobalOptions {
  route?: string;
  reason?: string;
  toColumn?: string;
  encoding?: string;
}

const batchRows = 5_000;

export function addImport(suppress: Command, cli: Cli): void {
  suppress
    .command("import")
    .argument("<file>", "CSV with a header row")
    .option("-r, --route <name>", "only on this route (default: on all)")
    .option("--reason <text>", "kept with each")
    .option("--to-column <header>", "column with the numbers (default: to, phone, 電話番号, 전화번호 …)")
    .option("--encoding <name>", "encoding of the file (default: recognised)")
    .description("stop all messages to the numbers of a file")
    .action(
      cli.action(async (given: string, _own, command: Command) => {
        const options = command.optsWithGlobals<SuppressImportOptions>();
        const { route = "*", reason = "" } = options;
        const path = resolve(cli.cwd, given);
        return await useLedger(cli, options, async ({ sql }) => {
          const read = await openNumberReader(sql, route);
          const file = await openRecipientFile(path, options);
          const rejectedFile = createRejectedFile(rejectedPathOf(path), file.header);
          const seen = createRecipientSet();
          let rows = 0;
          let added = 0;
          let repeated = 0;
          let batch: string[] = [];
          const store = async () => {
            if (batch.length > 0) added += (await importSuppressions(sql, { route, reason, recipients: batch })).added;
            batch = [];
          };
          try {
            for await (const { to = "", [rowSource]: source } of file.rows) {
              rows += 1;
              const number = source.fault ? { ok: false as const, ...source.fault } : read(to);
              if (number.ok) {
                if (seen.add(number.recipient)) batch.push(number.recipient);
                else repeated += 1;
              } else
                rejectedFile.add({ line: source.line, cells: source.cells, code: number.code, reason: number.reason });
              if (batch.length >= batchRows) await store();
            }
            await store();
          } finally {
            rejectedFile.close();
            file.close();
          }
          const rejected = rejectedFile.count;
          const rejectedPath = rejected > 0 ? rejectedFile.path : null;
          const known = rows - rejected - repeated - added;
          printResult(cli, options, { rows, added, known, repeated, rejected, route, rejectedFile: rejectedPath }, () =>
            [
              `${counted(added, "number")} added, ${count(known)} on the list already.`,
              ...(repeated === 0 ? [] : [`${counted(repeated, "row")} of the file had a number of a row before.`]),
              ...(rejectedPath === null ? [] : [`${counted(rejected, "row")} rejected: see ${rejectedPath}`]),
              "",
            ].join("\n"),
          );
          return 0;
        });
      }),
    );
}
