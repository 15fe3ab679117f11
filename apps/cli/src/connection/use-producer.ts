import type { Ledger } from "@hikyaku/ledger";
import { createProducer, type Producer } from "@hikyaku/producer";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { actorOf } from "./actor.ts";
import type { FoundStack } from "./find-stack.ts";
import { publishMissingRoutes } from "./publish-missing-routes.ts";
import { useLedger } from "./use-ledger.ts";

/** Runs `work` with a producer and the ledger, and closes both afterwards. */
export async function useProducer<const T>(
  world: World,
  options: GlobalOptions,
  work: (producer: Producer, ledger: Ledger, stack: FoundStack) => Promise<T>,
): Promise<T> {
  return await useLedger(
    world,
    options,
    async (ledger, stack) => {
      const { databaseUrl, redisUrl, redisPrefix } = stack;
      // Never so: it was asked for.
      if (redisUrl === null) throw new CliError("REDIS_URL is not set.", { mend: "Set it." });
      if (stack.config !== null) await publishMissingRoutes(ledger.sql, stack.config);
      let isTold = false;
      const producer = await createProducer({
        ...{ databaseUrl, redisUrl, redisPrefix, actor: actorOf(world) },
        onError(error) {
          if (isTold) return;
          isTold = true;
          world.terminal.err.write(
            `Redis does not answer (${error.message}); what is asked for is safe in the ledger.\n`,
          );
        },
      });
      try {
        return await work(producer, ledger, stack);
      } finally {
        await producer.close();
      }
    },
    { needsRedis: true },
  );
}
