import type { MissedRunPolicy, Recurrence } from "@hikyaku/core";
import type postgres from "postgres";
import type { Sql } from "../connection/connect-ledger.ts";
import type { ScheduleTemplate } from "./schedule-row.ts";

export interface NewSchedule {
  id: string;
  code: string;
  description: string;
  recurrence: Recurrence;
  missed: MissedRunPolicy;
  /** JSON-safe. */
  template: ScheduleTemplate;
}

/** A schedule without recipients: nothing is due until it has them. False when the code is taken. */
export async function createSchedule(sql: Sql, input: NewSchedule): Promise<boolean> {
  const { at, timeZone, from, until, weekdays } = input.recurrence;
  const { count } = await sql`
    insert into schedule (id, code, description, weekdays, time_of_day, time_zone, first_day, last_day, missed, template)
    values (${input.id}, ${input.code}, ${input.description}, ${(weekdays ?? null) as number[] | null}::smallint[], ${at}, ${timeZone},
            ${from}, ${until}, ${sql.json({ ...input.missed })}, ${sql.json(input.template as postgres.JSONValue)})
    on conflict (code) do nothing`;
  return count > 0;
}
