import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "./fault.ts";
import { loadConfig, requireConfig } from "./load.ts";

async function folder(files: Record<string, string> = {}) {
  const path = await mkdtemp(join(tmpdir(), "hikyaku-config-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const routeSchemas = {};

describe("loadConfig", () => {
  test("reads ./hikyaku.yaml", async () => {
    await using cwd = await folder({ "hikyaku.yaml": "redisPrefix: here" });
    expect(await loadConfig({ env: {}, cwd: cwd.path, routeSchemas })).toMatchObject({
      ok: true,
      config: { redisPrefix: "here", file: join(cwd.path, "hikyaku.yaml"), dataDir: join(cwd.path, ".hikyaku") },
    });
  });

  test("reads the file HIKYAKU_CONFIG names, and before it the one it is given", async () => {
    await using cwd = await folder({
      "a.yaml": "redisPrefix: a",
      "b.yaml": "redisPrefix: b",
      "hikyaku.yaml": "redisPrefix: c",
    });
    const options = { env: { HIKYAKU_CONFIG: "a.yaml" }, cwd: cwd.path, routeSchemas };
    expect(await loadConfig(options)).toMatchObject({ config: { redisPrefix: "a" } });
    expect(await loadConfig({ ...options, file: "b.yaml" })).toMatchObject({ config: { redisPrefix: "b" } });
  });

  test("makes do with the environment where there is no file", async () => {
    await using cwd = await folder();
    expect(await loadConfig({ env: { REDIS_URL: "redis://h" }, cwd: cwd.path, routeSchemas })).toMatchObject({
      ok: true,
      config: { file: null, redisUrl: "redis://h" },
    });
  });

  test("a file that was named must be there", async () => {
    await using cwd = await folder();
    const result = await loadConfig({ env: { HIKYAKU_CONFIG: "gone.yaml" }, cwd: cwd.path, routeSchemas });
    expect(result).toMatchObject({
      ok: false,
      faults: [{ file: join(cwd.path, "gone.yaml"), found: expect.stringContaining("ENOENT") }],
    });
  });
});

test("a hikyaku.yaml that is there but can't be read is a fault, not an absence", async () => {
  await using cwd = await folder();
  await mkdir(join(cwd.path, "hikyaku.yaml"));
  expect(await loadConfig({ env: {}, cwd: cwd.path, routeSchemas })).toMatchObject({
    ok: false,
    faults: [{ found: "no file that can be read (EISDIR)" }],
  });
});

test("requireConfig throws every fault at once", async () => {
  await using cwd = await folder({ "hikyaku.yaml": "a: 1\nb: 2" });
  const error = await requireConfig({ env: {}, cwd: cwd.path, routeSchemas }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).code).toBe("CONFIG_INVALID");
  expect((error as ConfigError).message.split("\n")).toHaveLength(2);
});
