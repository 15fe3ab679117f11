import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeConfig } from "../packages/config/src/index.ts";
import { routeSchemas } from "../packages/providers/src/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Sections that are passed on as one object, each with the folder whose files take it apart. Every other setting must be
 * read by its path.
 */
const passedOnWhole: Record<string, string> = {
  feed: "packages/engine/src/feeder",
  throttle: "packages/core/src/pacing",
  limits: "packages/queue/src/throttle",
  "console.users": "apps/console/src/sign-in",
  "hooks.basicAuth": "apps/receiver/src",
};

/** A carrier's own part of a route stays in its package, but for what a rule of the core takes. */
const homesOf = (provider: string) => [
  `packages/${provider}/src`,
  "packages/core/src/outcome",
  "packages/core/src/recipient",
];

/** Of a channel that is not sent yet. Fails as soon as something reads it: then take it out of here. */
const notReadYet = new Set(["tokenPrefix"]);

/** What a program reads of the configuration, in memory: `poller.intervalMs`; without what only names a route. */
const settings = describeConfig(routeSchemas)
  .split(/^### Routes with `provider: (\w+)`$/m)
  .flatMap((part, index, parts) => {
    // The first part is of every program; then come a carrier's name and its part in turn.
    if (index % 2 === 1) return [];
    const provider = parts[index - 1];
    return [...part.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, key = "", value = ""]) => {
      const path = key.replace("routes.<name>.", "").replaceAll("[]", "");
      return { key, path: value.startsWith("a duration") ? `${path}Ms` : path, provider };
    });
  });

/** The programs' own sources, without the schemas themselves and without tests. */
async function sourcesBelow(folder: string): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  const files = entries.filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|route-config\.ts$/.test(name));
  return await Promise.all(
    files.map(async (name) => ({
      file: join(folder, name),
      text: await readFile(join(root, folder, name), "utf8"),
    })),
  );
}

const folders = (await readdir(join(root, "packages")))
  .filter((name) => name !== "config")
  .map((name) => `packages/${name}/src`)
  .concat((await readdir(join(root, "apps"))).map((name) => `apps/${name}/src`));
const sources = (await Promise.all(folders.map(sourcesBelow))).flat();

test("there are settings and sources", () => {
  expect(settings.length).toBeGreaterThan(90);
  expect(sources.length).toBeGreaterThan(200);
});

for (const { key, path, provider } of settings) {
  const check = notReadYet.has(path) ? test.fails : test;
  check(`${key} is read by a program`, () => {
    const steps = path.split(".");
    const name = steps.pop() ?? "";
    const whole = passedOnWhole[steps.join(".")];
    const homes = provider === undefined ? [whole ?? ""] : homesOf(provider);
    // Where it was passed on, it is known under another name or none.
    const owner = whole !== undefined || provider !== undefined ? "\\w+" : (steps.at(-1) ?? "(?:config|route|each)");
    const readers = sources.filter(
      ({ file, text }) => homes.some((home) => file.startsWith(home)) && reads(text, owner, name),
    );
    expect(readers.map(({ file }) => file)).not.toEqual([]);
    if (whole !== undefined) expect(sources.some(({ text }) => reads(text, "\\w+", steps.at(-1) ?? ""))).toBe(true);
  });
}

/** `owner.name`, or `{ …, name, … }` taken out of the owner or out of what a function was given. */
function reads(text: string, owner: string, name: string): boolean {
  const taken = `\\{[^{};]*\\b${name}\\b[^{}:;]*\\}`;
  return [`\\b${owner}\\??\\.${name}\\b`, `${taken} = [\\w.]*\\b${owner}\\b`, `[(,] *${taken}: [A-Z]`].some((shape) =>
    new RegExp(shape).test(text),
  );
}
