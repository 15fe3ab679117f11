import type { NoAnswer, ProviderClient } from "@hikyaku/core";
import type { PermitKind, Throttle } from "@hikyaku/queue";
import type { ClientHolder } from "../sender/client-holder.ts";

export interface PacedAskerDeps {
  throttle: Throttle;
  client: ClientHolder;
  kind: PermitKind;
}

/** After so many answers 503 in a row the question is given up: the route's whole share goes to others. */
const longestStorm = 20;

/**
 * Asks the carrier under the route's limits; a 503 slows all processes of the route and is asked again.
 * Answers null when the signal, or the end of the throttle, came before an answer; undefined when the carrier has no such call.
 */
export function createPacedAsker({ throttle, client, kind }: PacedAskerDeps) {
  return async <Answer extends { kind: string }>(
    call: (client: ProviderClient) => Promise<Answer | NoAnswer> | undefined,
    signal: AbortSignal,
  ): Promise<Answer | NoAnswer | null | undefined> => {
    for (let throttled = 0; ; ) {
      const [permit] = await throttle.acquire(kind, 1, signal).catch(() => []);
      if (permit === undefined) return null;
      if (!(await permit.ready())) {
        permit.release();
        continue;
      }
      const startedAt = performance.now();
      let answer: Answer | NoAnswer | undefined;
      try {
        const asked = client.use(async (open) => await call(open));
        permit.sent();
        answer = await asked;
      } finally {
        permit.release();
      }
      if (!isThrottled(answer)) return answer;
      throttle.throttled(answer.retryAfterMs, startedAt);
      throttled += 1;
      if (throttled === longestStorm) return answer;
    }
  };
}

export type PacedAsker = ReturnType<typeof createPacedAsker>;

function isThrottled(answer: { kind: string } | undefined): answer is Extract<NoAnswer, { kind: "throttled" }> {
  return answer?.kind === "throttled";
}
