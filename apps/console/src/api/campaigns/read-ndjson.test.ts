import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Problem } from "../../problems/problem.ts";
import { readNdjson } from "./read-ndjson.ts";

const limits = { maxBytes: 1_000_000, maxLineBytes: 1_000, idleMs: 10_000 };

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const row of rows) values.push(row);
  return values;
}

const read = (text: string, size = 7) => collect(readNdjson(inPieces(text, size), limits));

async function problemOf(reading: Promise<unknown>): Promise<Problem> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error(`expected a problem, got ${error}`);
  return error;
}

describe("readNdjson", () => {
  test.each([1, 2, 3, 7, 1_000])("gives the same values when the body comes in pieces of %i bytes", async (size) => {
    const text = '{"to":"090","name":"佐藤"}\n{"to":"080","name":"𠮷野 👍"}\r\n{"to":"070"}';
    expect(await read(text, size)).toEqual([
      { to: "090", name: "佐藤" },
      { to: "080", name: "𠮷野 👍" },
      { to: "070" },
    ]);
  });

  test.each([
    ["an empty body", "", []],
    ["a byte order mark", '\ufeff{"to":"1"}\n', [{ to: "1" }]],
    ["blank lines at the end", '{"to":"1"}\n\n\r\n', [{ to: "1" }]],
    ["a blank line in the middle, which keeps its place", '{"to":"1"}\n\n{"to":"3"}', [{ to: "1" }, null, { to: "3" }]],
    [
      "a line that is not JSON, which keeps its place",
      '{"to":"1"}\n{"to":\n{"to":"3"}',
      [{ to: "1" }, null, { to: "3" }],
    ],
  ])("reads %s", async (_, text, values) => {
    expect(await read(text)).toEqual(values);
  });

  test("refuses what is not UTF-8, naming the line", async () => {
    async function* shiftJis(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"to":"1"}\n');
      yield Buffer.from([0x7b, 0x22, 0x8d, 0xb2, 0x93, 0xa1, 0x22, 0x7d]);
    }
    const problem = await problemOf(collect(readNdjson(shiftJis(), limits)));
    expect(problem.type).toBe("invalid-json");
    expect(problem.message).toContain("Line 2");
  });

  test("refuses a line that does not end", async () => {
    expect((await problemOf(read("x".repeat(5_000)))).type).toBe("invalid-json");
  });

  test("refuses more bytes than are allowed", async () => {
    const reading = collect(readNdjson(inPieces('{"to":"1"}\n'.repeat(100), 50), { ...limits, maxBytes: 500 }));
    expect((await problemOf(reading)).type).toBe("body-too-large");
  });

  test("gives up a sender who sends nothing any more", async () => {
    const body = new PassThrough();
    body.write('{"to":"1"}\n');
    const rows = readNdjson(body, { ...limits, idleMs: 30 });
    expect((await rows.next()).value).toEqual({ to: "1" });
    expect((await problemOf(rows.next())).type).toBe("request-timeout");
  });

  test("a stop ends the wait for more, with its reason", async () => {
    const stop = new AbortController();
    const rows = readNdjson(new PassThrough(), { ...limits, stop: stop.signal });
    const next = rows.next();
    stop.abort(new Problem("shutting-down"));
    expect((await problemOf(next)).type).toBe("shutting-down");
  });

  test("a sender who goes away in the middle is an error and not an end", async () => {
    const body = new PassThrough();
    body.write('{"to":"1"}\n{"to":"2');
    const rows = readNdjson(body, limits);
    expect((await rows.next()).value).toEqual({ to: "1" });
    const next = rows.next();
    body.destroy(new Error("aborted"));
    await expect(next).rejects.toThrow("aborted");
  });
});
