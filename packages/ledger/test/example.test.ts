import { readFile } from "node:fs/promises";
import { createDatabase, spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";

const example = new URL("example.ts", import.meta.url);

test("the README's example is the one that is run here", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`\`\`\`ts\n${await readFile(example, "utf8")}\`\`\``);
});

test("the example imports, claims and records two messages", async () => {
  await using database = await createDatabase();
  await using run = spawnNode(example, { env: { DATABASE_URL: database.url } });
  expect(await run.exited, run.stderr).toEqual({ code: 0, signal: null });
  expect(run.stdout).toBe("sending to 山田\nsending to 佐藤\n{ accepted: 2, queued: 0 }\n");
});
