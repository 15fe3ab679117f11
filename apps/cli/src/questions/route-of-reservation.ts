import { findReservation } from "@hikyaku/ledger";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { useLedger } from "../connection/use-ledger.ts";

/**
 * The route a reservation was made over, where none is named.
 * @throws CliError when it is none of ours
 */
export async function routeOfReservation(
  world: World,
  options: GlobalOptions & { route?: string },
  reserveId: string,
): Promise<string> {
  if (options.route !== undefined) return options.route;
  const found = await useLedger(world, options, ({ sql }) => findReservation(sql, { reserveId }));
  if (found !== null) return found.route;
  throw new CliError(`No reservation of ours is called ${reserveId}.`, {
    mend: "Name the route whose carrier has it by --route.",
  });
}
