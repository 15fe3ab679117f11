import { awaitRefresh, type CarrierAccountRow, findAccount, type Sql } from "@hikyaku/ledger";
import { CliError } from "../cli-error.ts";

/**
 * Asks for a fresh copy of the account and waits until a poller has read it, or the carrier would not be read: `error` says why.
 * @throws CliError when no poller does within `waitMs`
 */
export async function waitForRefresh(
  sql: Sql,
  { route, waitMs, signal }: { route: string; waitMs: number; signal: AbortSignal },
): Promise<CarrierAccountRow> {
  const freshness = await awaitRefresh(sql, { route, patienceMs: waitMs, signal });
  const account = await findAccount(sql, { route });
  if (account && (freshness === "fresh" || isRefused(account))) return account;
  throw new CliError(`Nobody has read the templates of ${route} within ${waitMs / 1_000} s.`, {
    mend: "A poller does it: see that one runs with this route. The request stands; it is done when one starts.",
  });
}

/** An error from before it was asked says nothing about now. */
const isRefused = ({ askedAt, triedAt, error }: CarrierAccountRow): boolean =>
  error !== null && triedAt !== null && askedAt !== null && triedAt > askedAt;
