import { parseRetryAfter, signEvent } from "@hikyaku/core";
import { Agent, request } from "undici";

/** What the POST of an event came to. Reasons hold no part of the URL's path or query and nothing of the answer's body. */
export type PostResult =
  | { kind: "taken"; status: number }
  | {
      kind: "not-taken";
      status: number | null;
      reason: string;
      /** As the answer asks. */
      retryAfterMs: number | null;
      /** 410: nobody wants events there any more. */
      isGone: boolean;
    };

export interface EventPoster {
  post(event: { id: string; body: string; at: Date }): Promise<PostResult>;
  close(): Promise<void>;
}

/** Beyond it the answer is not read: only its status counts. */
const answerLimit = 65_536;

/** Posts events to one URL, signed. Follows no redirect: the operator named this place, nobody else may name another. */
export function openEventPoster(place: {
  url: string;
  secrets: readonly [string, ...string[]];
  timeoutMs: number;
  concurrency: number;
}): EventPoster {
  const { url, secrets, timeoutMs } = place;
  const dispatcher = new Agent({
    connections: place.concurrency,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 10_000,
  });
  return {
    async post(event) {
      try {
        const { statusCode, headers, body } = await request(url, {
          dispatcher,
          method: "POST",
          headers: { "content-type": "application/json", "user-agent": "Hikyaku", ...signEvent(event, secrets) },
          body: event.body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        // Read for the sake of the connection; what was answered stands in the status.
        await body.dump({ limit: answerLimit }).catch(() => {});
        if (statusCode >= 200 && statusCode < 300) return { kind: "taken", status: statusCode };
        const asked = headers["retry-after"];
        return {
          kind: "not-taken",
          status: statusCode,
          reason:
            statusCode >= 300 && statusCode < 400
              ? `answered ${statusCode}; redirects are not followed`
              : `answered ${statusCode}`,
          retryAfterMs: parseRetryAfter(Array.isArray(asked) ? asked[0] : asked, event.at) ?? null,
          isGone: statusCode === 410,
        };
      } catch (err) {
        return { kind: "not-taken", status: null, reason: reasonOf(err, timeoutMs), retryAfterMs: null, isGone: false };
      }
    },
    close: () => dispatcher.close(),
  };
}

function reasonOf(err: unknown, timeoutMs: number): string {
  const { name, code, message } = err as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError" || /TIMEOUT/.test(code ?? "")) return `no answer within ${timeoutMs} ms`;
  return `no answer: ${code ?? message ?? String(err)}`;
}
