import type { FoundStack } from "./find-stack.ts";

/** The route's requests per second, from the configuration or the running `up`; null when there is no limit or nobody knows. */
export function tpsOf({ config, up }: Pick<FoundStack, "config" | "up">, route: string): number | null {
  return config?.routes[route]?.limits.tps ?? up?.limits[route]?.tps ?? null;
}
