import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { findRedisOnPath } from "./redis-on-path.ts";

/** Folders with programs that answer `--version` as told. */
async function pathWith(...folders: Array<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), "testkit-test-"));
  const paths = folders.map((_, index) => join(root, String(index)));
  for (const [index, programs] of folders.entries()) {
    const folder = paths[index] ?? "";
    await mkdir(folder);
    for (const [name, answer] of Object.entries(programs)) {
      await writeFile(join(folder, name), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    }
  }
  return {
    paths,
    path: paths.join(delimiter),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const modern = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64";
const old = "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64";
const valkey = "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64";

test("the first redis-server of the PATH is taken", async () => {
  await using there = await pathWith({}, { "redis-server": modern }, { "redis-server": modern });
  const found = await findRedisOnPath(there.path, () => {});
  expect(found).toEqual({ command: join(there.paths[1] ?? "", "redis-server"), env: {} });
});

test("valkey-server stands in where there is no redis-server", async () => {
  await using there = await pathWith({ "valkey-server": valkey });
  expect((await findRedisOnPath(there.path, () => {}))?.command).toBe(join(there.path, "valkey-server"));
});

test("one that is too old or broken is passed over with a line that says so", async () => {
  await using there = await pathWith({ "redis-server": old }, { "redis-server": "hello" }, { "valkey-server": valkey });
  const lines: string[] = [];
  const found = await findRedisOnPath(there.path, (line) => lines.push(line));
  expect(found?.command).toBe(join(there.paths[2] ?? "", "valkey-server"));
  expect(lines).toEqual([
    `${join(there.paths[0] ?? "", "redis-server")} is passed over: version 6.0 is older than 6.2`,
    `${join(there.paths[1] ?? "", "redis-server")} is passed over: it does not tell its version: hello`,
  ]);
});

test("an empty or missing PATH has none", async () => {
  expect(await findRedisOnPath("", () => {})).toBeUndefined();
  expect(await findRedisOnPath(undefined, () => {})).toBeUndefined();
});
