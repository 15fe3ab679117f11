import type { ImportLocks, Sql } from "@hikyaku/ledger";
import type { RouteBook } from "../routes/route-book.ts";

/** What the operations on campaigns share. */
export interface CampaignContext {
  sql: Sql;
  locks: ImportLocks;
  routes: RouteBook;
  /** Who acts, for the audit. */
  actor: string;
  /** Tells the feeders that there is work. Best effort, never fails: they look by themselves too. */
  wakeFeeder(route: string): Promise<void>;
}
