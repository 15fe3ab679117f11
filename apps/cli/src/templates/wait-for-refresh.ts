import type { CarrierAccountRow } from "@hikyaku/ledger";
import { askRefresh, findAccount, type Sql } from "@hikyaku/ledger";
import { CliError } from "../cli-error.ts";

const lookEveryMs = 250;

/**
 * Asks for a fresh copy of the account and waits until a poller has read it.
 * @throws CliError when none does within `waitMs`
 */
export async function waitForRefresh(
  sql: Sql,
  { route, waitMs, signal }: { route: string; waitMs: number; signal: AbortSignal },
): Promise<CarrierAccountRow> {
  const askedAt = await askRefresh(sql, { route });
  const end = Date.now() + waitMs;
  while (Date.now() < end && !signal.aborted) {
    const account = await findAccount(sql, { route });
    const isTried = account?.triedAt && account.triedAt > askedAt;
    const isRead = account?.refreshedAt && account.refreshedAt > askedAt;
    if (account && isTried && (isRead || account.error !== null)) return account;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new CliError(`Nobody has read the templates of ${route} within ${waitMs / 1_000} s.`, {
    mend: "A poller does it: see that one runs with this route. The request stands; it is done when one starts.",
  });
}
