import type { ProviderClient } from "@hikyaku/core";
import type { Throttle } from "@hikyaku/queue";

/**
 * The route's clients, one socket each, and never more of them open than this process is granted requests in flight:
 * the carrier limits connections (guide §2.6, 503), and an idle one beyond the grant is already too many.
 *
 * One client per socket instead of a pool, because a pool can't be made smaller: a grant that goes down by one closes
 * one socket here, and would cost a whole new pool, with all its handshakes, there.
 */
export function createClientHolder(deps: {
  connect: () => ProviderClient;
  throttle: Pick<Throttle, "concurrency" | "onConcurrencyChange">;
  onCloseError: (err: unknown) => void;
}) {
  /** Used last, first again: what is not needed stays idle and is the first to go. */
  const idle: ProviderClient[] = [];
  /**
   * Answered in this turn of the event loop. undici writes on a socket again a turn after its answer at the earliest, so one that
   * has rested is quicker.
   */
  const resting: ProviderClient[] = [];
  const closing = new Set<Promise<void>>();
  let open = 0;

  const retire = (client: ProviderClient): void => {
    open -= 1;
    const done = client.close().catch(deps.onCloseError);
    closing.add(done);
    void done.finally(() => closing.delete(done));
  };
  const shrinkTo = (granted: number): void => {
    while (open > granted) {
      const client = idle.shift() ?? resting.shift();
      if (!client) return;
      retire(client);
    }
  };
  const rest = (client: ProviderClient): void => {
    resting.push(client);
    if (resting.length === 1) setImmediate(() => void idle.push(...resting.splice(0)));
  };
  const stop = deps.throttle.onConcurrencyChange(shrinkTo);

  return {
    /** Runs one request on a socket of its own. */
    async use<T>(run: (client: ProviderClient) => Promise<T>): Promise<T> {
      let client = idle.pop() ?? resting.shift();
      if (!client) {
        open += 1;
        client = deps.connect();
      }
      try {
        return await run(client);
      } finally {
        rest(client);
        shrinkTo(deps.throttle.concurrency);
      }
    },
    async close(): Promise<void> {
      stop();
      shrinkTo(0);
      await Promise.all(closing);
    },
  };
}

export type ClientHolder = ReturnType<typeof createClientHolder>;
