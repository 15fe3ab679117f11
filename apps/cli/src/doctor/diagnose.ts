import { loadConfig } from "@hikyaku/config";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import type { GlobalOptions, World } from "../cli.ts";
import { dataDirOf } from "../connection/find-stack.ts";
import { findUp, type RunningUp } from "../running/up-file.ts";
import { checkConfig, checkFaults } from "./check-config.ts";
import { checkGateway } from "./check-gateway.ts";
import { checkHooks } from "./check-hooks.ts";
import { checkPostgres } from "./check-postgres.ts";
import { checkReach, isLocal } from "./check-reach.ts";
import { checkRedis } from "./check-redis.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

export interface DiagnoseOptions extends GlobalOptions {
  /** Where the receiver is reached; the public URL shows what the carrier sees. */
  receiverUrl?: string;
}

/** Every check there is, one after the other; each says what it found as soon as it knows. */
export async function* diagnose(world: World, options: DiagnoseOptions): AsyncGenerator<Finding> {
  const { env, cwd } = world;
  const own = await loadConfig({ env, cwd, routeSchemas, file: options.config });
  const found = await findUp(dataDirOf(world, options, own.ok ? own.config : null));
  const up = "running" in found ? found.running : null;
  // What a running `up` has made of the same file counts.
  const loaded =
    up !== null && own.ok && [null, up.sourceFile].includes(own.config.file) ? await configOf(world, up) : own;
  if (!loaded.ok) {
    yield* checkFaults(loaded.faults);
    return;
  }
  const { config } = loaded;
  yield* checkConfig(config);
  if (up !== null) yield ok("up", `runs as process ${up.pid}`);

  const routes = Object.values(config.routes);
  const databaseUrl = config.databaseUrl ?? up?.databaseUrl;
  const redisUrl = config.redisUrl ?? up?.redisUrl;
  const mend = "Set it, or start `hikyaku up`.";
  if (databaseUrl === undefined)
    yield fail("PostgreSQL", "DATABASE_URL is not set and no `hikyaku up` runs here", mend);
  else
    yield* await checkPostgres(
      databaseUrl,
      routes.map(({ name }) => name),
    );
  if (redisUrl === undefined) yield fail("Redis", "REDIS_URL is not set and no `hikyaku up` runs here", mend);
  else yield* await checkRedis(redisUrl);
  for (const route of routes) yield* await checkGateway(route);
  const told = routes.filter(
    ({ hooks, provider }) => hooks !== null && findProvider(provider).setUp.postsNotifications,
  );
  if (told.length === 0) return;
  const publicUrl = options.receiverUrl ?? config.receiver.publicUrl;
  if (publicUrl !== undefined) yield* (await checkReach("receiver", new URL(publicUrl), {})).findings;
  else if (told.some(({ settings }) => !isSimulated(settings))) {
    yield warn(
      "receiver",
      "tried from this machine only: what the carrier meets on its way is not known",
      "Set receiver.publicUrl, and run doctor from outside of your network, too.",
    );
  }
  const receiverUrl = publicUrl ?? up?.receiverUrl ?? `http://127.0.0.1:${config.receiver.port}`;
  for (const route of told) yield* await checkHooks(route, receiverUrl);
}

/** A gateway on this machine meets what we meet. */
function isSimulated(settings: unknown): boolean {
  const { baseUrl } = settings as { baseUrl?: string };
  return baseUrl !== undefined && isLocal(new URL(baseUrl).hostname);
}

async function configOf({ env, cwd }: World, { configFile, databaseUrl, redisUrl }: RunningUp) {
  const urls = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  return await loadConfig({ env: { ...env, ...urls }, cwd, routeSchemas, file: configFile });
}
