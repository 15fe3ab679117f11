import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { serverProcesses } from "../test/server-processes.ts";
import { identify } from "./folder/process-identity.ts";
import { canUnpackRedis } from "./servers/unpack-redis.ts";
import type { Stack } from "./start-stack.ts";
import { testStackVariable } from "./test-stack.ts";
import setup from "./vitest-global-setup.ts";

test("one stack is started at the first question, given to all who ask, and ended with the run", async () => {
  const own = process.env[testStackVariable];
  const teardown = await setup();
  const address = process.env[testStackVariable] ?? "";
  onTestFinished(() => {
    if (own !== undefined) process.env[testStackVariable] = own;
  });
  const ask = async () => (await (await fetch(address)).json()) as Stack;
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(one).toEqual(other);
  const { postgresPid, redisPid, keeperPid } = await serverProcesses(one);
  await teardown();
  expect([postgresPid, redisPid, keeperPid].map(identify)).toEqual([undefined, undefined, undefined]);
});

test("nobody without the address is told the passwords", async () => {
  const own = process.env[testStackVariable];
  const teardown = await setup();
  const address = new URL(process.env[testStackVariable] ?? "");
  onTestFinished(() => {
    if (own !== undefined) process.env[testStackVariable] = own;
  });
  expect((await fetch(address.origin)).status).toBe(404);
  await teardown();
});

test.runIf(canUnpackRedis())(
  "what must be fetched is fetched before the tests, and a failure told to those that ask",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "testkit-test-"));
    const config = join(folder, "apt.conf");
    await writeFile(config, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "-";\n');
    const own = process.env[testStackVariable];
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      if (own !== undefined) process.env[testStackVariable] = own;
      await rm(folder, { recursive: true });
    });
    vi.stubEnv("REDIS_URL", "");
    vi.stubEnv("PATH", folder);
    vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:1");
    vi.stubEnv("XDG_CACHE_HOME", folder);
    vi.stubEnv("APT_CONFIG", config);
    const teardown = await setup();
    // The cache was made by the attempt, before anyone asked.
    expect(await readdir(folder)).toContain("hikyaku");
    const answer = await fetch(process.env[testStackVariable] ?? "");
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining("No Redis to start")]);
    await teardown();
  },
);
