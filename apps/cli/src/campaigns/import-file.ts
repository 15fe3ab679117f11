import { recordRejections, type Sql } from "@hikyaku/ledger";
import type { CampaignResult, ImportProgress, Producer, RejectedRow } from "@hikyaku/producer";
import { type RecipientFile, type RecipientRow, rowSource } from "../csv/recipient-file.ts";
import type { RejectedFile } from "../csv/rejected-file.ts";

export interface ImportFileInput {
  producer: Producer;
  sql: Sql;
  campaignId: string;
  file: RecipientFile;
  rejectedFile: RejectedFile;
  strict?: boolean;
  /** Stops the import between two blocks; what is in stays. */
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
}

/** Imports a file's recipients; rows that are not taken go to the file of rejected rows and to the ledger, with their lines. */
export async function importFile(input: ImportFileInput): Promise<CampaignResult> {
  const { producer, sql, campaignId, file, rejectedFile, strict = false, signal, onProgress } = input;
  try {
    return await producer.importRecipients(
      { id: campaignId },
      {
        recipients: recordingFaults(file.rows, { sql, campaignId, signal }),
        lineOf: (row) => row[rowSource].line,
        strict,
        onRejected: (rejection) => rejectedFile.add(toRejectedRow(rejection)),
        ...(onProgress === undefined ? {} : { onProgress }),
      },
    );
  } finally {
    rejectedFile.close();
  }
}

/** What is wrong with a row: what the file says of it goes before what the producer makes of an empty recipient. */
export function toRejectedRow({ row, line, code, reason }: RejectedRow & { row: RecipientRow }) {
  const { cells, fault } = row[rowSource];
  return { line, cells, code, reason, ...fault };
}

const blockRows = 1_000;
/** As many as the ledger keeps of a campaign in all. */
const faultsRecorded = 10_000;

/**
 * Writes the faults of unreadable rows to the ledger before the producer takes the rows: it would find only a recipient
 * missing, and the first reason given for a line is the one that stays.
 */
async function* recordingFaults(
  rows: AsyncIterable<RecipientRow>,
  { sql, campaignId, signal }: { sql: Sql; campaignId: string; signal: AbortSignal | undefined },
): AsyncGenerator<RecipientRow> {
  let recorded = 0;
  for await (const block of blocksOf(rows)) {
    signal?.throwIfAborted();
    const rejections = block.flatMap(({ [rowSource]: { line, fault } }) =>
      fault === undefined ? [] : [{ line, ...fault }],
    );
    const kept = rejections.slice(0, faultsRecorded - recorded);
    if (kept.length > 0) await recordRejections(sql, { campaignId, rejections: kept });
    recorded += kept.length;
    yield* block;
  }
}

async function* blocksOf(rows: AsyncIterable<RecipientRow>): AsyncGenerator<RecipientRow[]> {
  let block: RecipientRow[] = [];
  for await (const row of rows) {
    block.push(row);
    if (block.length < blockRows) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
