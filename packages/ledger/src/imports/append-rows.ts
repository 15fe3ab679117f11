import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { CampaignState } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { copyField, copyTextArray } from "./copy-text.ts";
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
  const { campaignId, route, round, rows, progress } = input;
  return await sql.begin(async (transaction) => {
    await lockPosition(transaction, input);
    await transaction`
      create temp table if not exists import_row (id uuid, recipient text, line integer, segments smallint, vars text[])
      on commit delete rows`.simple();
    await copyRows(transaction, rows);
    const [result] = await transaction<{ inserted: number; suppressed: number }[]>`
      with inserted as (
        insert into message (id, campaign_id, line, round, segments, route, recipient, vars, state, ended_at)
        select row.id, ${campaignId}, row.line, ${round}, row.segments, ${route}, row.recipient, row.vars,
               case when hit.is_suppressed then 'suppressed' else 'queued' end::message_state,
               case when hit.is_suppressed then now() end
        from import_row as row
        cross join lateral (
          select exists (
            select from suppression where recipient = row.recipient and suppression.route in (${route}, '*')
          ) as is_suppressed
        ) as hit
        on conflict (campaign_id, recipient, round) where campaign_id is not null do nothing
        returning state
      )
      select count(*) as inserted, count(*) filter (where state = 'suppressed') as suppressed from inserted`;
    const { inserted, suppressed } = result ?? { inserted: 0, suppressed: 0 };
    const duplicates = inserted === rows.length ? [] : await leftOut(transaction);
    await transaction`
      update campaign set
        imported_rows = ${progress.rows},
        import_digest = ${progress.digest},
        rejected_rows = ${progress.rejected},
        duplicate_rows = duplicate_rows + ${progress.duplicates + duplicates.length}
      where id = ${campaignId}`;
    return { inserted, suppressed, duplicates };
  });
}

async function lockPosition(transaction: Queryable, { campaignId, progress }: AppendRowsInput): Promise<void> {
  const [campaign] = await transaction<{ state: CampaignState; importedRows: number }[]>`
    select state, imported_rows from campaign where id = ${campaignId} for no key update`;
  if (campaign?.state !== "importing") throw ImportError.notOpen(campaignId, campaign?.state);
  const isNext =
    progress.after === undefined ? campaign.importedRows < progress.rows : campaign.importedRows === progress.after;
  if (!isNext) throw ImportError.overtaken(campaignId, campaign.importedRows, progress.rows);
}

async function copyRows(transaction: Queryable, rows: readonly ImportRow[]): Promise<void> {
  const stream = await transaction`copy import_row from stdin`.writable();
  const done = finished(stream);
  for (let start = 0; start < rows.length; start += rowsPerWrite) {
    let text = "";
    for (const row of rows.slice(start, start + rowsPerWrite)) {
      text += `${row.id}\t${copyField(row.recipient)}\t${row.line}\t${row.segments}\t${copyTextArray(row.vars)}\n`;
    }
    if (!stream.write(text)) await once(stream, "drain");
  }
  stream.end();
  await done;
}

const rowsPerWrite = 500;

async function leftOut(transaction: Queryable): Promise<number[]> {
  const lines = await transaction<{ line: number }[]>`
    select line from import_row as row
    where not exists (select from message where message.id = row.id)
    order by line`;
  return lines.map(({ line }) => line);
}
