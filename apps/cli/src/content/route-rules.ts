import { loadConfig } from "@hikyaku/config";
import type { ProviderRules } from "@hikyaku/core";
import { listRoutes } from "@hikyaku/ledger";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import type { GlobalOptions, World } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { useLedger } from "../connection/use-ledger.ts";

export interface RulesOfRoute {
  route: string;
  rules: ProviderRules;
}

/**
 * The rules a content is checked by: those of the named route, or of the only one there is. The configuration at hand comes
 * first, so that a content can be written where no system runs; a route it does not have is looked up among those the
 * running system has published.
 *
 * @throws CliError when the route is not known, or several are and none is named
 */
export async function rulesOfRoute(world: World, options: GlobalOptions & { route?: string }): Promise<RulesOfRoute> {
  const { env, cwd } = world;
  const loaded = await loadConfig({ env, cwd, routeSchemas, file: options.config });
  const configured = Object.values(loaded.ok ? loaded.config.routes : {}).map(({ name, provider, settings }) => ({
    name,
    provider,
    settings: findProvider(provider).publicSettings(settings),
  }));
  const found = pick(configured, options.route);
  if (found !== null) return found;
  if (options.route === undefined && configured.length > 1) throw whichOf(configured);
  const published = await publishedRoutes(world, options).catch((error: unknown) => {
    // Without a system to ask there are still those of the configuration to name.
    if (configured.length > 0 && error instanceof CliError) return [];
    throw error;
  });
  const known = pick(published, options.route);
  if (known !== null) return known;
  if (options.route === undefined && published.length > 1) throw whichOf(published);
  const names = [...new Set([...configured, ...published].map(({ name }) => name))];
  throw new CliError(
    options.route === undefined ? "There is no route to check it for." : `No route is called "${options.route}".`,
    {
      mend:
        names.length === 0
          ? "Add one under `routes:` of the configuration, or start a worker: it publishes its routes."
          : `Name one of ${names.join(", ")}.`,
      exitCode: 2,
    },
  );
}

async function publishedRoutes(world: World, options: GlobalOptions): Promise<KnownRoute[]> {
  return await useLedger(world, options, async ({ sql }) => await listRoutes(sql));
}

interface KnownRoute {
  name: string;
  provider: string;
  settings: Record<string, unknown>;
}

function pick(routes: readonly KnownRoute[], wanted: string | undefined): RulesOfRoute | null {
  const found = wanted === undefined && routes.length === 1 ? routes[0] : routes.find(({ name }) => name === wanted);
  if (found === undefined) return null;
  return { route: found.name, rules: findProvider(found.provider).rules(found.settings) };
}

function whichOf(routes: readonly KnownRoute[]): CliError {
  return new CliError("There are several routes, and each has its own rules.", {
    mend: `Name one by --route: ${routes.map(({ name }) => name).join(", ")}.`,
    exitCode: 2,
  });
}
