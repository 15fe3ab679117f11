import type { FurtherCalls, ProviderClient } from "@hikyaku/core";
import type { Permit, Throttle } from "@hikyaku/queue";
import type { ClientHolder } from "../sender/client-holder.ts";

export interface Answered<T> {
  readonly answer: T;
  /** `performance.now()` when its first call was made. */
  readonly startedAt: number;
}

/** Puts questions to the carrier of one route, paced with everything else the route does: every call has a permit of its own. */
export function createQuestions(deps: { throttle: Throttle; client: ClientHolder }) {
  const stop = new AbortController();

  /** Null when there is none: Redis is away, or this process closes. */
  const nextPermit = async (): Promise<Permit | null> => {
    const [permit] = await deps.throttle.acquire("status", 1, stop.signal).catch(() => []);
    if (!permit) return null;
    if (await permit.ready()) return permit;
    permit.release();
    return null;
  };

  return {
    /** Answers null when there was no permit to ask with. */
    async put<T>(ask: (client: ProviderClient, turns: FurtherCalls) => Promise<T>): Promise<Answered<T> | null> {
      let permit = await nextPermit();
      if (!permit) return null;
      const startedAt = performance.now();
      const anotherCall = async (): Promise<boolean> => {
        // Given back first: with one request in flight allowed, waiting for a second permit would be for ever.
        permit?.release();
        permit = await nextPermit();
        permit?.sent();
        return permit !== null;
      };
      try {
        const answer = deps.client.use((client) => ask(client, { anotherCall }));
        permit.sent();
        return { answer: await answer, startedAt };
      } finally {
        permit?.release();
      }
    },
    /** What still waits for a permit gets none: it is asked about later, by somebody else. */
    close(): void {
      stop.abort();
    },
  };
}

export type Questions = ReturnType<typeof createQuestions>;
