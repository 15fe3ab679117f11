import { connectLedger, listRoutes } from "@hikyaku/ledger";
import { CliError } from "../cli-error.ts";
import { placeOf } from "../connection/use-ledger.ts";
import { simulatedRouteName } from "../system/start-system.ts";

/**
 * The demo's short waits and its housekeeping hold for the whole database, so it must not meet a ledger in use.
 * @throws CliError when `url` has routes of somebody else
 */
export async function guardDatabase(url: string): Promise<void> {
  const ledger = connectLedger(url, { max: 1 });
  try {
    const routes = await listRoutes(ledger.sql).catch(() => []);
    const others = routes.filter(({ name }) => name !== simulatedRouteName);
    if (others.length === 0) return;
    throw new CliError(`DATABASE_URL names a ledger in use (${placeOf(url)} has route ${others[0]?.name}).`, {
      mend: "Unset DATABASE_URL for the demo, or give it an empty database.",
    });
  } finally {
    await ledger.close();
  }
}
