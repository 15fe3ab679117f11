import type { Sql } from "../connection/connect-ledger.ts";

/** What the carrier said of one number, and when. */
export interface CapabilityRow {
  recipient: string;
  capable: boolean;
  /** What the carrier lists, or why it is none. */
  said: string;
  checkedAt: Date;
}

/** Answers to `recipients` that are not older than `maxAgeMs`, in no order. */
export async function knownCapabilities(
  sql: Sql,
  { route, recipients, maxAgeMs }: { route: string; recipients: readonly string[]; maxAgeMs: number },
): Promise<CapabilityRow[]> {
  return await sql<CapabilityRow[]>`
    select recipient, capable, said, checked_at from capability
    where route = ${route} and recipient = any(${recipients as string[]}::text[])
      and checked_at > now() - make_interval(secs => ${maxAgeMs / 1_000})`;
}
