import type { Sql } from "../connection/connect-ledger.ts";

/** How a notification URL was last tried. */
export interface HookRow {
  route: string;
  /** The kind of URL: `any`, `webhook`, `sms-result` or `sms-mo`. */
  kind: string;
  /** The newest connection test that was answered 200, and the address it came from. An empty notification looks the same. */
  testedAt: Date | null;
  testedFrom: string | null;
  /** The newest body that nobody understood; it was answered 200 too, and may have been a connection test. */
  unrecognisedAt: Date | null;
  unrecognisedFrom: string | null;
}

/** Every notification URL that was ever tried. */
export async function listHooks(sql: Sql): Promise<HookRow[]> {
  return await sql<HookRow[]>`
    select route, kind, tested_at, tested_from, unrecognised_at, unrecognised_from from hook order by route, kind`;
}
