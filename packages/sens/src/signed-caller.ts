import type { FurtherCalls } from "@hikyaku/core";
import { createTransport, type Exchange, exchange, headerOf } from "@hikyaku/exchange";
import type { AccountConfig } from "./route-config.ts";
import { signedHeaders } from "./signature.ts";

export interface Call {
  method: "GET" | "POST" | "DELETE";
  /** Path and query as they go over the wire. */
  target: string;
  body?: string;
}

/** What came of a call; `clock` says what its signature taught about this machine's clock, when that was of any interest. */
export type CallResult = Exchange & { clock: string | null };

export interface SignedCaller {
  /** One call, signed. Never rejects. A 401 by a wrong clock is signed and sent once more; nothing else is ever repeated. */
  call(request: Call): Promise<CallResult>;
  /** The gateway's clock less ours, by its last answer; 0 before there was one. */
  offsetMs(): number;
  close(): Promise<void>;
}

/** The gateway refuses a timestamp 5 minutes off (protocol notes §2.1). A difference below this one is no reason for a 401. */
const noteworthyMs = 60_000;

export function createSignedCaller(config: AccountConfig, origin: string, connections: number): SignedCaller {
  const dispatcher = createTransport(config, connections);
  const { accessKey, secretKey } = config;
  /** What is added to our clock for signing, once a 401 made us look. */
  let signingOffsetMs = 0;
  /** The gateway's clock less ours, seen in every answer: it also tells of a clock that is wrong and not yet refused. */
  let seenOffsetMs = 0;
  let closed: Promise<void> | undefined;

  const callOnce = async ({ method, target, body }: Call, offset: number): Promise<Exchange> => {
    const timestamp = Date.now() + offset;
    const headers = signedHeaders({ method, target, timestamp, accessKey, secretKey }, body !== undefined);
    const request = { method, path: target, headers, ...(body === undefined ? {} : { body }) };
    const result = await exchange(dispatcher, origin, request, config);
    if (result.kind === "answer") seenOffsetMs = clockDifferenceMs(result) ?? seenOffsetMs;
    return result;
  };

  return {
    async call(request) {
      const used = signingOffsetMs;
      const first = await callOnce(request, used);
      if (first.kind === "no-answer" || first.status !== 401) return { ...first, clock: null };
      const difference = clockDifferenceMs(first);
      if (difference === null || Math.abs(difference - used) < noteworthyMs) return { ...first, clock: null };
      // Refused before anything was done with it, so sending it again can double nothing.
      const second = await callOnce(request, difference);
      const wrong = `this machine's clock is ${spokenMs(difference)} the gateway's; set it right (NTP)`;
      if (second.kind === "answer" && second.status === 401) {
        return { ...second, clock: `${wrong}, and see whether accessKey and secretKey are right` };
      }
      if (second.kind === "answer") signingOffsetMs = difference;
      return { ...second, clock: wrong };
    },
    offsetMs: () => seenOffsetMs,
    close() {
      closed ??= dispatcher.close();
      return closed;
    },
  };
}

/** The caller of one question: whoever asks has made room for its first call, each further one waits for its turn. */
export function inTurns(caller: SignedCaller, { anotherCall }: FurtherCalls): SignedCaller {
  if (anotherCall === undefined) return caller;
  let isFirst = true;
  return {
    ...caller,
    async call(request) {
      if (!isFirst && !(await anotherCall())) return noTurn;
      isFirst = false;
      return await caller.call(request);
    },
  };
}

const noTurn: CallResult = {
  kind: "no-answer",
  failure: "aborted",
  detail: "the route's limits leave no room for it at the moment",
  clock: null,
};

/** The gateway's clock less ours, by the answer's `Date`; null when it names none that can be read. */
function clockDifferenceMs(answer: Extract<Exchange, { kind: "answer" }>): number | null {
  const date = Date.parse(headerOf(answer, "date") ?? "");
  return Number.isNaN(date) ? null : date - Date.now();
}

/** `7 min 3 s ahead of` */
function spokenMs(difference: number): string {
  const seconds = Math.round(Math.abs(difference) / 1_000);
  const minutes = Math.floor(seconds / 60);
  const words = minutes >= 120 ? `${Math.round(minutes / 60)} h` : `${minutes} min ${seconds % 60} s`;
  return `${words} ${difference < 0 ? "ahead of" : "behind"}`;
}
