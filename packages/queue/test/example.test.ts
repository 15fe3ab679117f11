import { readFile } from "node:fs/promises";
import { spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "./queue-redis.ts";

const example = new URL("example.ts", import.meta.url);

test("the README's example is the one that is run here", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

  expect(readme).toContain(`\`\`\`ts\n${await readFile(example, "utf8")}\`\`\``);
});

test("the example sends its three messages and ends", async () => {
  await using redis = await queueRedis();
  await using run = spawnNode(example, { env: { REDIS_URL: redis.url, EXAMPLE_PREFIX: redis.prefix } });

  const end = await run.exited;

  expect(end, run.stderr).toEqual({ code: 0, signal: null });
  expect(run.stdout.match(/^sending [0-9a-f-]{36}$/gm)).toHaveLength(3);
});
