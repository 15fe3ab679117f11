import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshProducer } from "./fresh-producer.ts";

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL("../", import.meta.url));

/** An empty project somewhere else, which has nothing but the packed package. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "producer-project-"));
  await pnpm(packageFolder, "pack", "--pack-destination", project);
  const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz"));
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: { "@hikyaku/producer": `file:${tarball}` },
      devDependencies: { "@types/node": "24.10.1" },
    }),
  );
  await pnpm(project, "install", "--prefer-offline", "--ignore-workspace", "--ignore-scripts");
}, 180_000);

afterAll(() => rm(project, { recursive: true, force: true }));

describe("the packed package, in an empty project,", () => {
  test("runs the readme's examples on a real system", async () => {
    // A Redis of its own: the examples use the default prefix.
    await using redis = await startRedis();
    await using fresh = await freshProducer({ redisUrl: redis.url });
    const { databaseUrl, redisUrl } = fresh.options;
    const [first = "", second = ""] = await examples();
    const env = { ...process.env, NODE_OPTIONS: "", DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
    await writeFile(join(project, "first.js"), first);
    const one = await run(process.execPath, ["first.js"], { cwd: project, env });
    expect(one.stdout).toMatch(/^running 2 \[\s*\{\s*line: 3,\s*code: 'not-mobile'/);
    expect(one.stdout).toMatch(/queued 1\n$/);
    await writeFile(join(project, "second.js"), second);
    const two = await run(process.execPath, ["second.js"], { cwd: project, env });
    expect(two.stdout).toBe(
      "25000 25000 会員0様、ご予約の前日です。\n10000 rows\n20000 rows\n25000 rows\nrunning 25000\n",
    );
    const messages = await fresh.sql`
      select campaign.key, count(*) from message left join campaign on campaign.id = campaign_id group by 1 order by 2`;
    expect([...messages]).toEqual([
      { key: null, count: 1 },
      { key: "2026-12-coupon", count: 2 },
      { key: "2026-12-reminder", count: 25_000 },
    ]);
  }, 120_000);

  test("has declarations that a strict compiler takes, and that catch mistakes", async () => {
    const [first = ""] = await examples();
    const typed = first.replaceAll(/process\.env\.(\w+)/g, 'process.env.$1 ?? ""');
    const mistakes = [
      ["priority.ts", "priority: 5,", 'priority: "first",', "'string' is not assignable to type 'number'"],
      ["row.ts", '{ to: "03-1234-5678"', '{ phone: "03-1234-5678"', "is not assignable to type 'Iterable<Recipient>'"],
      ["field.ts", 'to: "090-1234-5678", text', "too: 1, text", "'too' does not exist in type 'MessageRequest'"],
    ] as const;
    const withPriority = typed.replace('key: "2026', 'priority: 5, key: "2026');
    for (const [file, right, wrong] of mistakes) {
      await writeFile(join(project, file), withPriority.replace(right, wrong));
    }
    await writeFile(join(project, "right.ts"), `${withPriority}\nconst id: string = campaign.id;\nconsole.log(id);\n`);
    const said = await compile("right.ts", ...mistakes.map(([file]) => file));
    for (const [file, , , message] of mistakes) {
      expect(said).toMatch(new RegExp(`^${file}.*(?:\n .*)*${message.replace(/[()]/g, "\\$&")}`, "m"));
    }
    expect(said.split("\n").filter((line) => /^\S/.test(line))).toHaveLength(mistakes.length);
  }, 120_000);

  test("asks for nothing that is not published, and refers to none of the workspace's own packages", async () => {
    const installed = join(project, "node_modules/@hikyaku/producer");
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    expect(Object.keys(manifest.dependencies)).toEqual(["bullmq", "ioredis", "luxon", "postgres", "uuid", "zod"]);
    expect(manifest).not.toHaveProperty("private");
    for (const file of await readdir(installed, { recursive: true })) {
      if (!/\.(?:js|d\.ts)$/.test(file)) continue;
      const text = await readFile(join(installed, file), "utf8");
      const [forbidden] = text.match(/from "@hikyaku\/.*|.*\.ts";|.*Map\.groupBy.*/) ?? [];
      expect(forbidden, file).toBeUndefined();
    }
    // The driver is inside, as this repository mends it; only its types are asked for.
    expect(await readFile(join(installed, "index.js"), "utf8")).not.toMatch(/from "postgres"/);
    expect(await readdir(installed)).toEqual(expect.arrayContaining(["LICENSE", "README.md", "index.js"]));
  });
});

async function examples(): Promise<string[]> {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}

/** What the compiler has to say. */
async function compile(...files: string[]): Promise<string> {
  const compiler = fileURLToPath(import.meta.resolve("typescript/package.json").replace("package.json", "bin/tsc"));
  const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--types", "node", ...files];
  const { stdout } = await run(process.execPath, [compiler, ...options], { cwd: project }).catch((error) => error);
  return stdout;
}

/** The pnpm that runs these tests, where one does. */
async function pnpm(cwd: string, ...args: string[]): Promise<void> {
  const own = process.env.npm_execpath;
  const [command, ...before] = own?.includes("pnpm") ? [process.execPath, own] : ["npx", "--yes", "pnpm@10"];
  await run(command as string, [...before, ...args], { cwd, env: { ...process.env, NODE_ENV: "" } });
}
