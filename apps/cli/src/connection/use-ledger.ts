import { connectLedger, type Ledger, schemaVersion } from "@hikyaku/ledger";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { type FoundStack, findStack } from "./find-stack.ts";

/**
 * Runs `work` with the ledger, and closes it afterwards.
 * @throws CliError when it can't be reached or its schema is older than this program needs
 */
export async function useLedger<const T>(
  world: World,
  options: GlobalOptions,
  work: (ledger: Ledger, stack: FoundStack) => Promise<T>,
  needs: { needsRedis?: boolean } = {},
): Promise<T> {
  const stack = await findStack(world, options, needs);
  const ledger = connectLedger(stack.databaseUrl, { max: 4, applicationName: "hikyaku-cli" });
  try {
    await checkSchema(ledger, stack.databaseUrl);
    return await work(ledger, stack);
  } finally {
    await ledger.close();
  }
}

async function checkSchema(ledger: Ledger, url: string): Promise<void> {
  let version: { current: number; expected: number };
  try {
    version = await schemaVersion(ledger.sql);
  } catch (cause) {
    throw new CliError(`PostgreSQL at ${placeOf(url)} can't be used: ${messageOf(cause)}.`, {
      mend: "Check DATABASE_URL, and that the server runs and lets this machine in.",
      cause,
    });
  }
  if (version.current < version.expected) {
    throw new CliError(
      `The ledger's schema is at version ${version.current}, this program needs ${version.expected}.`,
      { mend: "Run `hikyaku migrate`." },
    );
  }
}

/** `localhost:5432/hikyaku`: never user and password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return "the URL given";
  const { host, pathname } = new URL(url);
  return `${host}${pathname === "/" ? "" : pathname}`;
}

/** The text of whatever was thrown; of an AggregateError (no address answered) that of its parts. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  return (error.message || ("code" in error ? String(error.code) : error.name)).replace(/\.$/, "");
}
