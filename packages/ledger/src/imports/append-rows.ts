import type { CampaignState, Consent } from "@hikyaku/core";
import postgres from "postgres";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { copyRows } from "./copy-rows.ts";
import { ImportError } from "./import-error.ts";

/** One accepted row of the source. */
export interface ImportRow {
  id: string;
  /** In the carrier's form. */
  recipient: string;
  /** Line in the source, for the operator. */
  line: number;
  /** Billable parts. */
  segments: number;
  /** Values of the campaign's variables, in their order. */
  vars: readonly string[];
  /** The recipient's consent to advertising, where it is recorded. */
  consent?: Consent | null;
}

export interface AppendRowsInput {
  campaignId: string;
  route: string;
  round: number;
  rows: readonly ImportRow[];
  progress: {
    /** Rows of the source taken when this chunk is in, good and bad: set, not added. */
    rows: number;
    /** Running digest over them. */
    digest: Buffer;
    /** Bad rows so far: set, not added. */
    rejected: number;
    /** Duplicates that the caller itself left out of this chunk: added. */
    duplicates: number;
    /** Where this chunk begins: the `rows` of the one before. When given, a second importer is noticed for certain. */
    after?: number;
  };
}

export interface AppendedRows {
  inserted: number;
  /** Of those inserted, how many may not be messaged. */
  suppressed: number;
  /** Lines that were left out, because the campaign has their recipient already. */
  duplicates: number[];
}

/**
 * Adds one chunk (10,000 to 20,000 rows are best) and the position it ends at, in one transaction: an import interrupted
 * anywhere resumes at a chunk's edge with nothing lost or doubled.
 *
 * @throws ImportError when the campaign is not importing or another import has overtaken this one.
 */
export async function appendRows(sql: Sql, input: AppendRowsInput): Promise<AppendedRows> {
  // The rows go by COPY straight into the table: 7.0 µs a row where psql's own COPY takes 6.1; by way of a temporary table
  // and INSERT … ON CONFLICT it was 19. COPY can't skip a recipient that is there already, so a source that has shown duplicates
  // is looked up before, and the first one to show makes the chunk start again.
  try {
    return await appendChunk(sql, input, { isLookedUp: false });
  } catch (error) {
    if (!isDuplicateRecipient(error)) throw error;
    return await appendChunk(sql, input, { isLookedUp: true });
  }
}

async function appendChunk(sql: Sql, input: AppendRowsInput, options: { isLookedUp: boolean }): Promise<AppendedRows> {
  const { campaignId, route, round, progress } = input;
  return await sql.begin(async (transaction) => {
    const position = await lockPosition(transaction, input);
    const known = options.isLookedUp || position.hasDuplicates ? await knownRecipients(transaction, input) : [];
    const { rows, duplicates } = leaveOut(input.rows, known);
    const suppressed = position.hasSuppressions
      ? await suppressedRecipients(transaction, route, rows)
      : new Set<string>();
    await copyRows(transaction, {
      campaignId,
      route,
      round,
      fallbackAfterMs: position.fallbackAfterMs,
      rows,
      suppressed,
    });
    await transaction`
      update campaign set
        imported_rows = ${progress.rows},
        import_digest = ${progress.digest},
        rejected_rows = ${progress.rejected},
        duplicate_rows = duplicate_rows + ${progress.duplicates + duplicates.length}
      where id = ${campaignId}`;
    return { inserted: rows.length, suppressed: suppressed.size, duplicates };
  });
}

interface Position {
  state: CampaignState;
  /** Of the campaign's second legs, when it has any. */
  fallbackAfterMs: number | null;
  importedRows: number;
  hasDuplicates: boolean;
  hasSuppressions: boolean;
}

/** Nobody else adds rows to the campaign until the transaction ends. */
async function lockPosition(
  transaction: Queryable,
  { campaignId, route, progress }: AppendRowsInput,
): Promise<Position> {
  const [campaign] = await transaction<Position[]>`
    select state, (fallback ->> 'afterMs')::integer as fallback_after_ms, imported_rows, duplicate_rows > 0 as has_duplicates,
           exists (select from suppression where suppression.route in (${route}, '*')) as has_suppressions
    from campaign where id = ${campaignId} for no key update`;
  if (campaign?.state !== "importing") throw ImportError.notOpen(campaignId, campaign?.state);
  const isNext =
    progress.after === undefined ? campaign.importedRows < progress.rows : campaign.importedRows === progress.after;
  if (!isNext) throw ImportError.overtaken(campaignId, campaign.importedRows, progress.rows);
  return campaign;
}

async function knownRecipients(
  transaction: Queryable,
  { campaignId, round, rows }: AppendRowsInput,
): Promise<string[]> {
  const known = await transaction<{ recipient: string }[]>`
    select recipient from message
    where campaign_id = ${campaignId} and round = ${round} and leg = 1
      and recipient = any(${rows.map(({ recipient }) => recipient)}::text[])`;
  return known.map(({ recipient }) => recipient);
}

/** The first row of each recipient that is not known yet, and the lines of all others. */
function leaveOut(given: readonly ImportRow[], known: readonly string[]): { rows: ImportRow[]; duplicates: number[] } {
  const seen = new Set(known);
  const rows: ImportRow[] = [];
  const duplicates: number[] = [];
  for (const row of given) {
    if (seen.has(row.recipient)) {
      duplicates.push(row.line);
    } else {
      seen.add(row.recipient);
      rows.push(row);
    }
  }
  return { rows, duplicates };
}

async function suppressedRecipients(
  transaction: Queryable,
  route: string,
  rows: readonly ImportRow[],
): Promise<Set<string>> {
  const suppressed = await transaction<{ recipient: string }[]>`
    select recipient from suppression
    where recipient = any(${rows.map(({ recipient }) => recipient)}::text[]) and route in (${route}, '*')`;
  return new Set(suppressed.map(({ recipient }) => recipient));
}

function isDuplicateRecipient(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.constraint_name === "message_once";
}
