import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { spawnNode } from "../spawn-node.ts";
import { canUnpackRedis, unpackRedis } from "./unpack-redis.ts";

interface Package {
  name: string;
  depends?: string;
  files: Record<string, string>;
}

/**
 * A package source on this machine, named to apt through `APT_CONFIG`, with a Redis split over packages as Debian
 * does it: the program in one, its library in another that nothing on this system has.
 */
async function packageSource(packages: Package[]) {
  const root = await mkdtemp(join(tmpdir(), "testkit-test-"));
  const source = join(root, "source");
  await mkdir(source);
  const index: string[] = [];
  for (const { name, depends, files } of packages) {
    const control = [`Package: ${name}`, "Version: 1.0", "Architecture: all", "Maintainer: nobody <nobody@invalid>"];
    if (depends !== undefined) control.push(`Depends: ${depends}`);
    control.push("Description: for a test");
    const tree = join(root, name);
    await mkdir(join(tree, "DEBIAN"), { recursive: true });
    await writeFile(join(tree, "DEBIAN", "control"), `${control.join("\n")}\n`);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(tree, path, ".."), { recursive: true });
      await writeFile(join(tree, path), content, { mode: 0o755 });
    }
    const archive = `${name}_1.0_all.deb`;
    execFileSync("dpkg-deb", ["--root-owner-group", "-b", tree, join(source, archive)], { stdio: "ignore" });
    const bytes = await readFile(join(source, archive));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    index.push([...control, `Filename: ./${archive}`, `Size: ${bytes.length}`, `SHA256: ${sha256}`, ""].join("\n"));
  }
  await writeFile(join(source, "Packages"), `${index.join("\n")}\n`);
  await writeFile(join(root, "sources.list"), `deb [trusted=yes] copy:${source} ./\n`);
  const config = join(root, "apt.conf");
  await writeFile(
    config,
    `Dir::Etc::sourcelist "${root}/sources.list";
Dir::Etc::sourceparts "-";
APT::Update::Post-Invoke { "touch ${root}/hook-ran"; };
`,
  );
  const cache = join(root, "cache");
  return {
    root,
    cache: join(cache, "hikyaku"),
    env: { ...process.env, XDG_CACHE_HOME: cache, APT_CONFIG: config },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const redis: Package[] = [
  { name: "redis-server", depends: "redis-tools, hikyaku-test-common", files: { "usr/share/doc/redis": "" } },
  {
    name: "redis-tools",
    depends: "libhikyaku-test1, libc6",
    files: { "usr/bin/redis-server": "#!/bin/sh\necho Redis server v=7.9.9 sha=0\n" },
  },
  { name: "libhikyaku-test1", files: { "usr/lib/somewhere/libhikyaku-test.so.1": "" } },
  { name: "hikyaku-test-common", files: { "usr/bin/not-wanted": "" } },
];

describe.runIf(canUnpackRedis())("on a system with apt", () => {
  test("the program and its missing libraries are unpacked, once", async () => {
    await using source = await packageSource(redis);
    const lines: string[] = [];
    const program = await unpackRedis(source.env, (line) => lines.push(line));
    const folder = join(source.cache, (await readdir(source.cache))[0] ?? "");
    expect(program).toEqual({
      command: join(folder, "usr/bin/redis-server"),
      env: { LD_LIBRARY_PATH: join(folder, "usr/lib/somewhere") },
    });
    expect(existsSync(join(folder, "usr/bin/not-wanted"))).toBe(false);
    expect(await unpackRedis(source.env, (line) => lines.push(line))).toEqual(program);
    expect(lines).toEqual(["fetching Redis from your distribution's packages, once"]);
    // Nothing but the one folder is left, and the system's own hooks were not run.
    expect(await readdir(source.cache)).toHaveLength(1);
    expect(existsSync(join(source.root, "hook-ran"))).toBe(false);
  });

  test("processes that fetch at the same time all get it", async () => {
    await using source = await packageSource(redis);
    const fetchers = Array.from({ length: 3 }, () =>
      spawnNode(new URL("../../test/fetch-redis.ts", import.meta.url), { env: source.env }),
    );
    const commands = await Promise.all(fetchers.map(async (fetcher) => (await fetcher.ready(/command (.*)/))[1]));
    for (const fetcher of fetchers) expect(await fetcher.exited).toEqual({ code: 0, signal: null });
    const [folder = ""] = await readdir(source.cache);
    expect(commands).toEqual(Array(3).fill(join(source.cache, folder, "usr/bin/redis-server")));
    expect(await readdir(source.cache)).toHaveLength(1);
  });

  test("a broken cache is replaced, and what killed runs left is cleared", async () => {
    await using source = await packageSource(redis);
    const { command } = await unpackRedis(source.env, () => {});
    await writeFile(command, "#!/bin/sh\nexit 127\n");
    const abandoned = join(source.cache, "fetch-abandoned");
    await mkdir(abandoned);
    await utimes(abandoned, 0, 0);
    await unpackRedis(source.env, () => {});
    expect(await readFile(command, "utf8")).toContain("v=7.9.9");
    expect(existsSync(abandoned)).toBe(false);
  });

  test("Valkey is taken where the sources have no Redis", async () => {
    const files = { "usr/bin/valkey-server": "#!/bin/sh\necho Valkey server v=8.1.1 sha=0\n" };
    await using source = await packageSource([{ name: "valkey-server", files }]);
    expect((await unpackRedis(source.env, () => {})).command).toMatch(/valkey-server$/);
  });

  test("sources with neither are an error that says so, and leave nothing", async () => {
    await using source = await packageSource([{ name: "libhikyaku-test1", files: { "usr/share/doc/x": "" } }]);
    await expect(unpackRedis(source.env, () => {})).rejects.toThrow(
      "the package sources offer none of redis-server, valkey-server",
    );
    expect(await readdir(source.cache)).toEqual([]);
  });
});
