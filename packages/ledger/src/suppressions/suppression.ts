import type { Decision } from "../audit/audit-entry.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/** A recipient who must not be messaged. */
export interface SuppressionRow {
  /** `*` = every route. */
  route: string;
  recipient: string;
  reason: string;
  /** Who said so: `operator`, `import`, `reply` … */
  source: string;
  createdAt: Date;
}

export interface NewSuppression {
  recipient: string;
  /** Default `*`. */
  route?: string;
  reason?: string;
  /** Default `operator`. */
  source?: string;
}

/** Acts at once, also on messages that are queued already. False when it was there; the first reason stays. */
export async function addSuppression(sql: Sql, input: NewSuppression): Promise<boolean> {
  const { count } = await sql`
    insert into suppression (route, recipient, reason, source)
    values (${input.route ?? "*"}, ${input.recipient}, ${input.reason ?? ""}, ${input.source ?? "operator"})
    on conflict (recipient, route) do nothing`;
  return count > 0;
}

/** False when there was none. Messages already `suppressed` stay so. With `by` the decision stands in the audit. */
export async function removeSuppression(
  sql: Sql,
  { recipient, route = "*", by }: { recipient: string; route?: string; by?: Decision },
): Promise<boolean> {
  const { actor = null, reason = "" } = by ?? {};
  const { count } = await sql`
    with removed as (
      delete from suppression where recipient = ${recipient} and route = ${route} returning *
    ),
    noted as (
      insert into audit (actor, action, reason, route, recipient, details)
      select ${actor}::text, 'remove-suppression', ${reason}, route, recipient,
             jsonb_build_object('source', source, 'reason', removed.reason, 'since', created_at)
      from removed
      where ${actor}::text is not null
    )
    select from removed`;
  return count > 0;
}

/** By recipient and route; `after` is the last of the page before. With a route: those that hold on it, `*` included. */
export async function listSuppressions(
  sql: Sql,
  { route, limit, after }: { route?: string; limit: number; after?: Pick<SuppressionRow, "recipient" | "route"> },
): Promise<SuppressionRow[]> {
  return await sql<SuppressionRow[]>`
    select route, recipient, reason, source, created_at from suppression
    where (recipient, route) > (${after?.recipient ?? ""}, ${after?.route ?? ""}) and (${route ?? null}::text is null or route in (${route ?? null}, '*'))
    order by recipient, route
    limit ${limit}`;
}

/** Adds many at once (up to some 10,000 a call); answers how many were new. */
export async function importSuppressions(
  sql: Sql,
  {
    route = "*",
    recipients,
    reason = "",
    source = "import",
  }: Omit<NewSuppression, "recipient"> & { recipients: readonly string[] },
): Promise<{ added: number }> {
  const { count } = await sql`
    insert into suppression (route, recipient, reason, source)
    select ${route}, recipient, ${reason}, ${source} from unnest(${recipients as string[]}::text[]) as given (recipient)
    order by recipient
    on conflict (recipient, route) do nothing`;
  return { added: count };
}
