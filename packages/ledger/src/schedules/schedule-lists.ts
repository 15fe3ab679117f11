import type postgres from "postgres";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { newId } from "../connection/new-id.ts";
import { deleteUnusedLists } from "./delete-unused-lists.ts";
import { setNextRun } from "./set-next-run.ts";

/** One recipient of a list. */
export interface ListedRecipient {
  /** Line in the source, for the operator. */
  line: number;
  to: string;
  /** In the order of the list's variables. */
  values: readonly (string | null)[];
}

/** A list that nobody uses yet. Its rows come by {@link appendToList}. */
export async function beginList(sql: Sql, { variables }: { variables: readonly string[] }): Promise<string> {
  const id = newId();
  await sql`insert into schedule_list (id, variables) values (${id}, ${variables as string[]}::text[])`;
  return id;
}

/** The `nth` piece of a list, from 0 on; some thousand recipients are best. */
export async function appendToList(
  sql: Sql,
  { list, nth, recipients }: { list: string; nth: number; recipients: readonly ListedRecipient[] },
): Promise<void> {
  const rows = recipients.map(({ line, to, values }) => [line, to, ...values]);
  await sql`insert into schedule_list_piece (list, nth, rows) values (${list}, ${nth}, ${sql.json(rows as postgres.JSONValue)})`;
}

/**
 * Gives a schedule the complete list in place of the one it had; a run that is under way still reads that. False when the schedule is
 * gone.
 */
export async function useList(
  sql: Sql,
  { scheduleId, list, recipients }: { scheduleId: string; list: string; recipients: number },
): Promise<boolean> {
  return await sql.begin(async (transaction) => {
    const [schedule] = await transaction<{ hadNone: boolean }[]>`
      select list is null as had_none from schedule where id = ${scheduleId} for update`;
    if (!schedule) return false;
    await transaction`update schedule_list set recipients = ${recipients} where id = ${list}`;
    await transaction`
      update schedule set list = ${list}, updated_at = date_trunc('milliseconds', clock_timestamp()) where id = ${scheduleId}`;
    if (schedule.hadNone) await setNextRun(transaction, { scheduleId });
    await deleteUnusedLists(transaction);
    return true;
  });
}

/** Takes back what was written of a list that nobody uses. */
export async function dropList(sql: Sql, { list }: { list: string }): Promise<void> {
  await sql`delete from schedule_list where id = ${list} and recipients is null`;
}

/** Recipients of a list, in their order, piece by piece: memory is that of one. */
export async function* readList(
  sql: Queryable,
  { list }: { list: string },
): AsyncGenerator<{ line: number; to: string; values: (string | null)[] }> {
  for (let nth = 0; ; nth++) {
    const [piece] = await sql<{ rows: [number, string, ...(string | null)[]][] }[]>`
      select rows from schedule_list_piece where list = ${list} and nth = ${nth}`;
    if (!piece) return;
    for (const [line, to, ...values] of piece.rows) yield { line, to, values };
  }
}
