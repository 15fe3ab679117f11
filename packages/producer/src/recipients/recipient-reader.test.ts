import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { openRecipients } from "./recipient-reader.ts";

async function* asyncRows(count: number, log: string[] = []): AsyncGenerator<number> {
  try {
    for (let index = 0; index < count; index++) {
      log.push(`made ${index}`);
      yield index;
    }
  } finally {
    log.push("closed");
  }
}

test.each([
  ["an array", [0, 1, 2, 3, 4]],
  ["a set", new Set([0, 1, 2, 3, 4])],
  ["an async generator", asyncRows(5)],
  ["an object-mode stream", Readable.from([0, 1, 2, 3, 4])],
])("%s is read in order, and fewer rows than asked for come only at its end", async (_, source) => {
  const reader = openRecipients<number>(source);
  expect(await reader.read(2)).toEqual([0, 1]);
  expect(await reader.read(2)).toEqual([2, 3]);
  expect(await reader.read(2)).toEqual([4]);
  expect(await reader.read(2)).toEqual([]);
  await reader.close();
});

test("a source makes no row before it is asked for", async () => {
  const log: string[] = [];
  const reader = openRecipients(asyncRows(5, log));
  await reader.read(2);
  expect(log).toEqual(["made 0", "made 1"]);
  await reader.close();
  expect(log).toEqual(["made 0", "made 1", "closed"]);
});

test("a stream that is given up is destroyed", async () => {
  const stream = Readable.from(asyncRows(100));
  const reader = openRecipients(stream);
  await reader.read(1);
  await reader.close();
  expect(stream.destroyed).toBe(true);
});

test("what the source throws comes through as it is", async () => {
  const fault = new Error("the file is gone");
  const reader = openRecipients(
    (async function* () {
      yield 1;
      throw fault;
    })(),
  );
  await expect(reader.read(2)).rejects.toBe(fault);
  await reader.close();
});

test("an abort ends a read that waits for the source", async () => {
  const abort = new AbortController();
  const reader = openRecipients(
    (async function* () {
      yield 1;
      await delay(60_000, undefined, { ref: false });
      yield 2;
    })(),
    abort.signal,
  );
  const reading = reader.read(2);
  abort.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
  await expect(reader.read(1)).rejects.toThrow("enough");
  await reader.close();
});

test("other work gets its turn while an endless iterable is read", async () => {
  const reader = openRecipients(
    (function* () {
      for (;;) yield 1;
    })(),
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  while (turns < 3) await reader.read(1_000);
  clearInterval(timer);
  await reader.close();
});
