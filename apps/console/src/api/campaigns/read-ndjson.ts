import { Problem } from "../../problems/problem.ts";

export interface NdjsonLimits {
  maxBytes: number;
  maxLineBytes: number;
  /** How long the sender may send nothing while somebody waits for it. */
  idleMs: number;
  /** Ends it with the signal's reason. */
  stop?: AbortSignal;
}

/** Stands for a line that is not JSON: the import counts it as a bad row, in its place. */
const notJson = null;

/**
 * The values of an NDJSON body, as it arrives and no faster than they are taken; holds one line and one piece of the body.
 * Blank lines count as bad rows, so that the n-th value is the n-th line; those at the end are no lines.
 *
 * When the sender goes away in the middle, the error of `body` comes through: a list that was cut off never looks like a
 * shorter one.
 *
 * @throws Problem `body-too-large`, `request-timeout`, `invalid-json` (not UTF-8, or a line without end)
 */
export async function* readNdjson(body: AsyncIterable<Buffer>, limits: NdjsonLimits): AsyncGenerator<unknown> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces = body[Symbol.asyncIterator]();
  let rest = "";
  let line = 0;
  let blank = 0;
  let bytes = 0;

  function* rowsOf(lines: Iterable<string>): Generator<unknown> {
    for (const text of lines) {
      line++;
      if (text.trim() === "") {
        blank++;
        continue;
      }
      for (; blank > 0; blank--) yield notJson;
      yield parsed(text);
    }
  }
  const decode = (piece?: Buffer): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      throw new Problem("invalid-json", {
        detail: `Line ${line + 1} or one near it is not UTF-8; encode the list as UTF-8`,
      });
    }
  };

  for (;;) {
    const next = await arriving(pieces.next(), limits);
    if (next.done) break;
    bytes += next.value.byteLength;
    if (bytes > limits.maxBytes) {
      throw new Problem("body-too-large", {
        detail: `The upload is longer than ${limits.maxBytes} bytes (console.maxUploadBytes)`,
      });
    }
    const lines = (rest + decode(next.value)).split("\n");
    rest = lines.pop() ?? "";
    yield* rowsOf(lines);
    if (rest.length > limits.maxLineBytes) {
      throw new Problem("invalid-json", {
        detail: `Line ${line + 1} is longer than ${limits.maxLineBytes} characters; NDJSON has one object a line`,
      });
    }
  }
  yield* rowsOf([rest + decode()]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

/**
 * Waits for the next piece, but not for ever and not when `stop` is aborted. The listener goes with the wait: one that stayed
 * would keep every piece that ever came.
 */
async function arriving<T>(next: Promise<T>, { idleMs, stop }: NdjsonLimits): Promise<T> {
  const given = Promise.withResolvers<never>();
  const onStop = () => given.reject(stop?.reason);
  const timer = setTimeout(() => {
    given.reject(new Problem("request-timeout", { headers: { connection: "close" } }));
  }, idleMs);
  stop?.addEventListener("abort", onStop);
  try {
    stop?.throwIfAborted();
    return await Promise.race([next, given.promise]);
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", onStop);
  }
}
