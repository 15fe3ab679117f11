import type { Sql } from "../connection/connect-ledger.ts";

/** Which of `recipients` may not be messaged on the route. Reads only; for a dry run. */
export async function suppressedAmong(
  sql: Sql,
  { route, recipients }: { route: string; recipients: readonly string[] },
): Promise<Set<string>> {
  const rows = await sql<{ recipient: string }[]>`
    select distinct recipient from suppression
    where recipient = any(${recipients as string[]}::text[]) and route in (${route}, '*')`;
  return new Set(rows.map(({ recipient }) => recipient));
}
