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

/** Forgets workers that were last heard of more than a week ago; answers how many. One that lives after all registers anew. */
export async function forgetWorkers(sql: Sql): Promise<number> {
  const { count } = await sql`delete from worker where greatest(heartbeat_at, stopped_at) < now() - interval '7 days'`;
  return count;
}

/** A worker that has drained. What it left in `sending` counts as a dead worker's at once. */
export async function stopWorker(sql: Sql, { id }: { id: string }): Promise<void> {
  await sql`update worker set stopped_at = now() where id = ${id} and stopped_at is null`;
}
