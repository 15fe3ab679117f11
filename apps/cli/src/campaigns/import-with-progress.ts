import { stat } from "node:fs/promises";
import type { Sql } from "@hikyaku/ledger";
import type { CampaignResult, Producer } from "@hikyaku/producer";
import type { Interruption } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { RecipientFile } from "../csv/recipient-file.ts";
import type { RejectedFile } from "../csv/rejected-file.ts";
import { createProgress } from "../output/progress.ts";
import type { Terminal } from "../output/terminal.ts";
import { importFile } from "./import-file.ts";

export interface ImportWithProgressInput {
  producer: Producer;
  sql: Sql;
  campaign: { id: string; key: string };
  path: string;
  file: RecipientFile;
  rejectedFile: RejectedFile;
  strict: boolean;
  terminal: Terminal;
  interruption: Interruption;
}

/** Imports a file and shows how far it is. Ctrl-C stops it where it is. @throws CliError then */
export async function importWithProgress(input: ImportWithProgressInput): Promise<CampaignResult> {
  const { producer, sql, campaign, path, file, rejectedFile, strict, terminal, interruption } = input;
  const progress = createProgress(terminal.err);
  const { size } = await stat(path);
  const startedAt = performance.now();
  try {
    return await importFile({
      ...{ producer, sql, campaignId: campaign.id, file, rejectedFile, strict },
      signal: interruption.once,
      onProgress({ rows, resumedRows, rejected, duplicates }) {
        const seconds = (performance.now() - startedAt) / 1_000;
        progress.update({
          label: "import",
          done: rows,
          total: null,
          perSecond: (rows - resumedRows) / Math.max(seconds, 0.001),
          outcomes: [
            ["rejected", rejected],
            ["duplicates", duplicates],
          ],
          note: `${Math.min(100, Math.floor((file.bytesRead / Math.max(size, 1)) * 100))}% of the file`,
        });
      },
    });
  } catch (error) {
    if (!interruption.once.aborted) throw error;
    throw new CliError(`The import of ${path} was interrupted; what is in stays, and nothing is sent.`, {
      mend: `Run the same command again to go on, or give it up by \`hikyaku campaign cancel ${campaign.key}\`.`,
      cause: error,
    });
  } finally {
    progress.stop();
  }
}
