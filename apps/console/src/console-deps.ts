import type { Config } from "@hikyaku/config";
import type { Provider } from "@hikyaku/core";
import type { Logger, Metrics, ReadyCheck } from "@hikyaku/engine";
import type { Ledger } from "@hikyaku/ledger";
import type { Producer } from "@hikyaku/producer";
import type { RedisConnections } from "@hikyaku/queue";

/** What the console is built from. */
export interface ConsoleDeps {
  readonly config: Config;
  readonly findProvider: (name: string) => Provider;
  readonly ledger: Ledger;
  readonly connections: RedisConnections;
  readonly producer: Producer;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly ready: readonly ReadyCheck[];
}
