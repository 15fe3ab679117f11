import type { Config } from "@hikyaku/config";
import { listRoutes, publishRoutes, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";

/**
 * Makes configured routes known that no worker has published yet, so that a campaign can be prepared before the first
 * worker runs. Routes that are known stay as the workers have them.
 */
export async function publishMissingRoutes(sql: Sql, { routes }: Config): Promise<void> {
  const known = new Set((await listRoutes(sql)).map(({ name }) => name));
  const missing = Object.values(routes).filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  await publishRoutes(
    sql,
    missing.map(({ name, provider, settings, unknown, classRules }) => ({
      name,
      provider,
      settings: findProvider(provider).publicSettings(settings),
      onUnknown: unknown.policy,
      classRules,
      account: findProvider(provider).account?.(settings) ?? null,
    })),
  );
}
