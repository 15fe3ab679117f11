import type { Sql } from "../connection/connect-ledger.ts";

export interface NewWorker {
  id: string;
  /** What it does, e.g. `sender`, `poller`, `receiver`. */
  kind: string;
  host: string;
  pid: number;
}

/** Announces a process that will claim messages. Its first heartbeat is now. */
export async function registerWorker(sql: Sql, { id, kind, host, pid }: NewWorker): Promise<void> {
  await sql`
    insert into worker (id, kind, host, pid) values (${id}, ${kind}, ${host}, ${pid})
    on conflict (id) do update set heartbeat_at = now(), stopped_at = null`;
}

/** "I live." False when the worker is not registered (any more) or was stopped: it must register anew. */
export async function beat(sql: Sql, { id }: { id: string }): Promise<boolean> {
  const { count } = await sql`update worker set heartbeat_at = now() where id = ${id} and stopped_at is null`;
  return count > 0;
}

/** A worker that has drained. What it left in `sending` counts as a dead worker's at once. */
export async function stopWorker(sql: Sql, { id }: { id: string }): Promise<void> {
  await sql`update worker set stopped_at = now() where id = ${id} and stopped_at is null`;
}
