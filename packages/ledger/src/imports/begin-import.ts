import type { Sql } from "../connection/connect-ledger.ts";

export interface ImportPosition {
  /** Rows of the source that are in the ledger already, good and bad: the next import skips so many. */
  importedRows: number;
  /** Running digest over them, to tell whether the source is still the same. Null before the first chunk. */
  importDigest: Buffer | null;
}

/** `draft → importing`, or an interrupted import taken up again. Null when the campaign is past importing. */
export async function beginImport(sql: Sql, { campaignId }: { campaignId: string }): Promise<ImportPosition | null> {
  const [position] = await sql<ImportPosition[]>`
    update campaign set state = 'importing'
    where id = ${campaignId} and state in ('draft', 'importing')
    returning imported_rows, import_digest`;
  return position ?? null;
}
