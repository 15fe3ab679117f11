import { type Config, loadConfig, type RouteConfig } from "@hikyaku/config";
import { type RecipientResult, rulesOfRoute } from "@hikyaku/core";
import { openQuestions, QuestionError, type QuestionFault, type Questions, ReservationError } from "@hikyaku/engine";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis } from "@hikyaku/queue";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { FoundStack } from "../connection/find-stack.ts";
import { useLedger } from "../connection/use-ledger.ts";

export interface OpenedQuestions {
  questions: Questions;
  config: Config;
  route: RouteConfig;
  /** The words of the carrier's reservations; undefined where it takes none. */
  reservationStates: readonly string[] | undefined;
  /** Brings a number into the carrier's form. */
  readNumber(raw: string): RecipientResult;
}

/**
 * Runs `work` with questions to a route's carrier, and closes them afterwards.
 * @throws CliError when the route's configuration is not at hand, or the carrier can't be asked
 */
export async function useQuestions<const T>(
  world: World,
  options: GlobalOptions & { route: string },
  work: (opened: OpenedQuestions) => Promise<T>,
  how: { fullRate?: boolean } = {},
): Promise<T> {
  return await useLedger(
    world,
    options,
    async (ledger, stack) => {
      const { config, route } = await configuredRoute(world, options.route, stack);
      // Never so: it was asked for.
      if (stack.redisUrl === null) throw new CliError("REDIS_URL is not set.", { mend: "Set it." });
      let isTold = false;
      const onError = (error: unknown) => {
        if (isTold) return;
        isTold = true;
        const what = error instanceof Error ? error.message : String(error);
        world.terminal.err.write(`Redis does not answer (${what}); without it nothing is asked. Waiting.\n`);
      };
      const connections = connectRedis({ url: stack.redisUrl, name: "hikyaku-cli", onError });
      try {
        const deps = {
          config: { ...config, redisPrefix: stack.redisPrefix },
          findProvider,
          ledger,
          connections,
          onError,
        };
        await using questions = await openQuestions(deps, route, how);
        const rules = rulesOfRoute(findProvider(route.provider), route.settings);
        const { normaliseRecipient: readNumber, reservationStates } = rules;
        return await work({ questions, config, route, reservationStates, readNumber });
      } catch (error) {
        if (error instanceof ReservationError) throw reservationFault(route.name, error);
        throw error instanceof QuestionError ? toldFor(route.name, error) : error;
      } finally {
        await connections.closeAll();
      }
    },
    { needsRedis: true },
  );
}

/** The route with its credentials: from the configuration at hand, else from that of the running `up`. */
async function configuredRoute(
  { env, cwd }: World,
  name: string,
  { config, up, databaseUrl, redisUrl }: FoundStack,
): Promise<{ config: Config; route: RouteConfig }> {
  const own = config?.routes[name];
  if (config && own) return { config, route: own };
  const urls = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl ?? undefined };
  const running =
    up === null ? null : await loadConfig({ env: { ...env, ...urls }, cwd, routeSchemas, file: up.configFile });
  const theirs = running?.ok ? running.config.routes[name] : undefined;
  if (running?.ok && theirs) return { config: running.config, route: theirs };
  const known = Object.keys((running?.ok ? running.config : config)?.routes ?? {});
  throw new CliError(`No route "${name}" is configured here, and to ask its carrier its credentials are needed.`, {
    mend:
      known.length === 0
        ? "Name the configuration that has it by --config."
        : `Name one of ${known.join(", ")}, or the configuration that has it by --config.`,
    exitCode: 2,
  });
}

const mends: Readonly<Record<QuestionFault, (route: string) => string>> = {
  "not-offered": () => "Ask over a route whose carrier and account offer it.",
  "not-proven": (route) =>
    `Check a number alone that surely has the app: hikyaku capability check --route ${route} --to NUMBER. When it is not found either, correct the route's settings under \`capability\`.`,
  held: (route) => `Mend the cause, or open it by \`hikyaku route release ${route}\`.`,
  refused: () => "Compare credentials and source address with the account notice; `hikyaku doctor` tries them.",
  failing: () => "Run it again later; what was answered is kept.",
};

function reservationFault(route: string, { fault, message, cause }: ReservationError): CliError {
  const what = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`.replace(/\.\.$/, ".");
  return new CliError(fault === "not-known" ? what : `Nothing was cancelled: ${what}`, {
    mend:
      fault === "not-known"
        ? `See those of ${route} by \`hikyaku reservation list --route ${route}\`.`
        : `See how it stands by \`hikyaku reservation list --route ${route}\`.`,
    cause,
  });
}

function toldFor(route: string, { fault, message, cause }: QuestionError): CliError {
  const what: Readonly<Record<QuestionFault, string>> = {
    "not-offered": `Route ${route} can't be asked this: ${message}.`,
    "not-proven": `All numbers so far were "not found" (${message}), and none was ever found on route ${route}: it is not sure that the check works.`,
    held: `Route ${route} is ${message}.`,
    refused: `The gateway refuses route ${route}: ${message}.`,
    failing: `The gateway of route ${route} gives no answers: ${message}.`,
  };
  return new CliError(what[fault].replace(/\.\.$/, "."), { mend: mends[fault](route), cause });
}
