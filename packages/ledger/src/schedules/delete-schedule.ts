import type { Sql } from "../connection/connect-ledger.ts";
import { deleteUnusedLists } from "./delete-unused-lists.ts";

/**
 * Deletes a schedule with the history of its runs; their campaigns stay. `under-way` while the campaign of a run is being made: then
 * nothing is deleted.
 */
export async function deleteSchedule(
  sql: Sql,
  { scheduleId }: { scheduleId: string },
): Promise<"deleted" | "under-way" | "gone"> {
  return await sql.begin(async (transaction) => {
    const [schedule] = await transaction`select from schedule where id = ${scheduleId} for update`;
    if (!schedule) return "gone";
    // A statement of its own: it sees what was claimed while the one above waited.
    const [open] = await transaction`
      select from schedule_run where schedule_id = ${scheduleId} and state = 'importing' limit 1`;
    if (open) return "under-way";
    await transaction`delete from schedule where id = ${scheduleId}`;
    await deleteUnusedLists(transaction);
    return "deleted";
  });
}
