import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { CampaignPreview, CheckedScheduleResult, Producer } from "@hikyaku/producer";
import { toRejectedRow } from "../campaigns/import-file.ts";
import type { FileOptions } from "../campaigns/send-options.ts";
import { tellWarnings } from "../campaigns/tell-warnings.ts";
import type { Cli } from "../cli.ts";
import { openRecipientFile, rowSource } from "../csv/recipient-file.ts";
import { createRejectedFile, rejectedPathOf } from "../csv/rejected-file.ts";
import { createProgress } from "../output/progress.ts";

export interface ImportedScheduleFile extends CheckedScheduleResult<CampaignPreview> {
  encoding: string;
  /** Where rows that were not taken went; null when all were. */
  rejectedFile: string | null;
}

/** Reads a file of recipients into a schedule, with progress; rows that are not taken go to a file beside it. */
export async function importScheduleFile(
  cli: Cli,
  producer: Producer,
  { code, path, options }: { code: string; path: string; options: FileOptions },
): Promise<ImportedScheduleFile> {
  const file = await openRecipientFile(path, options);
  const rejectedFile = createRejectedFile(resolve(cli.cwd, options.rejected ?? rejectedPathOf(path)), file.header);
  const progress = createProgress(cli.terminal.err);
  const { size } = await stat(path);
  const startedAt = performance.now();
  try {
    const result = await producer.importScheduleRecipients(code, {
      recipients: file.rows,
      lineOf: (row) => row[rowSource].line,
      strict: options.strict ?? false,
      signal: cli.interruption().once,
      onRejected: (rejection) => rejectedFile.add(toRejectedRow(rejection)),
      onProgress({ rows, rejected, duplicates }) {
        progress.update({
          label: "import",
          done: rows,
          total: null,
          perSecond: rows / Math.max((performance.now() - startedAt) / 1_000, 0.001),
          outcomes: [
            ["rejected", rejected],
            ["duplicates", duplicates],
          ],
          note: `${Math.min(100, Math.floor((file.bytesRead / Math.max(size, 1)) * 100))}% of the file`,
        });
      },
    });
    progress.stop();
    tellWarnings(cli.terminal, result.preview.warnings);
    return { ...result, encoding: file.encoding, rejectedFile: rejectedFile.count > 0 ? rejectedFile.path : null };
  } finally {
    progress.stop();
    rejectedFile.close();
    file.close();
  }
}
