import type { ServerResponse } from "node:http";

/** Aborts when nobody waits for the answer any more, so that nothing further is asked. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}
