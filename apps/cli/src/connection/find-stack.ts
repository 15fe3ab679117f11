import { resolve } from "node:path";
import { type Config, ConfigError, type ConfigFault, loadConfig } from "@hikyaku/config";
import { routeSchemas } from "@hikyaku/providers";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { findUp, type RunningUp, upFileOf } from "../running/up-file.ts";

/** Where ledger and queues are. */
export interface FoundStack {
  databaseUrl: string;
  /** Null when it is not known and was not needed. */
  redisUrl: string | null;
  redisPrefix: string;
  /** The configuration in force here; null when only a running `up` told where the stack is. */
  config: Config | null;
  /** The `up` that was found and used. */
  up: RunningUp | null;
}

/**
 * The stack a command works on: what the configuration or the environment names, else a running `hikyaku up`.
 * @throws ConfigError when the configuration has faults and no running `up` helps out; CliError when there is neither
 */
export async function findStack(
  world: World,
  options: GlobalOptions,
  { needsRedis = false }: { needsRedis?: boolean } = {},
): Promise<FoundStack> {
  const { cwd, env } = world;
  const loaded = await loadConfig({ env, cwd, routeSchemas, file: options.config });
  const config = loaded.ok ? loaded.config : null;
  if (config?.databaseUrl && (config.redisUrl || !needsRedis)) {
    const { databaseUrl, redisUrl, redisPrefix } = config;
    return { databaseUrl, redisUrl, redisPrefix, config, up: null };
  }
  const dataDir = dataDirOf(world, options, config);
  const found = await findUp(dataDir);
  if ("running" in found) {
    // A fault there (a variable that is not set in this shell) is no hindrance: the running system has its own.
    const { databaseUrl, redisUrl, redisPrefix } = found.running;
    return {
      databaseUrl: config?.databaseUrl ?? databaseUrl,
      redisUrl: config?.redisUrl ?? redisUrl,
      redisPrefix,
      config,
      up: found.running,
    };
  }
  if (!loaded.ok) throw new ConfigError(loaded.faults satisfies ConfigFault[]);
  const missing = [config?.databaseUrl ? null : "DATABASE_URL", config?.redisUrl || !needsRedis ? null : "REDIS_URL"]
    .filter((name) => name !== null)
    .join(" and ");
  const gone = found.stale
    ? `The \`hikyaku up\` of ${upFileOf(dataDir)} has ended`
    : `No \`hikyaku up\` runs in ${dataDir}`;
  throw new CliError(`${gone}, and ${missing} ${missing.includes(" and ") ? "are" : "is"} not set.`, {
    mend: `Start \`hikyaku up\` in another terminal, name its folder by --data-dir, or set ${missing}.`,
  });
}

export function dataDirOf({ cwd }: World, options: GlobalOptions, config: Config | null): string {
  return resolve(cwd, options.dataDir ?? config?.dataDir ?? ".hikyaku");
}
