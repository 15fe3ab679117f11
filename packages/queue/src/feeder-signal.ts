import type { RedisConnections } from "./connection.ts";
import { defaultPrefix, feederChannel } from "./names.ts";

export interface FeederSignalOptions {
  connections: RedisConnections;
  /** Default `hikyaku`. */
  prefix?: string;
}

/** Tells the feeders that a route has new work. Best effort: a feeder also looks by itself, so a lost signal costs one tick. */
export async function signalFeeder(
  route: string,
  { connections, prefix = defaultPrefix }: FeederSignalOptions,
): Promise<void> {
  await connections.shared.publish(feederChannel(prefix), route);
}

/** Calls `listener` for each signal for one of `routes`, until the returned function is called. */
export async function onFeederSignal(
  routes: readonly string[],
  listener: (route: string) => void,
  { connections, prefix = defaultPrefix }: FeederSignalOptions,
): Promise<() => Promise<void>> {
  const wanted = new Set(routes);
  return connections.subscribe(feederChannel(prefix), (route) => {
    if (wanted.has(route)) listener(route);
  });
}
