import type { ProviderClient } from "@hikyaku/core";
import type { Throttle } from "@hikyaku/queue";

/**
 * The route's client with as many sockets as this process may have requests in flight: the carrier limits connections,
 * so an idle socket beyond the grant is already too many. When the grant changes, a new client takes over and the old
 * one closes after its last answer.
 */
export function createClientHolder(deps: {
  connect: (connections: number) => ProviderClient;
  throttle: Pick<Throttle, "concurrency" | "onConcurrencyChange">;
  onCloseError: (err: unknown) => void;
}) {
  let sockets = Math.max(1, deps.throttle.concurrency);
  let client = deps.connect(sockets);
  const closing = new Set<Promise<void>>();

  const retire = (old: ProviderClient): void => {
    const done = old.close().catch(deps.onCloseError);
    closing.add(done);
    void done.finally(() => closing.delete(done));
  };

  const stop = deps.throttle.onConcurrencyChange((granted) => {
    const wanted = Math.max(1, granted);
    if (wanted === sockets) return;
    const old = client;
    sockets = wanted;
    client = deps.connect(sockets);
    retire(old);
  });

  return {
    get current(): ProviderClient {
      return client;
    },
    async close(): Promise<void> {
      stop();
      retire(client);
      await Promise.all(closing);
    },
  };
}

export type ClientHolder = ReturnType<typeof createClientHolder>;
