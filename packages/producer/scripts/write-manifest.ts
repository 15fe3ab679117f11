import { copyFile, glob, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  dependencies?: Record<string, string>;
}

/** Writes `dist/package.json`, with the readme and the licence beside it. */
export async function writeManifest(
  packageFolder: URL,
  dist: URL,
  ...dependencies: ReadonlySet<string>[]
): Promise<void> {
  const { name, version, description, license } = await readManifest(new URL("package.json", packageFolder));
  const pinned = await pinnedVersions(new URL("../", packageFolder));
  const needed = [...new Set(dependencies.flatMap((each) => [...each]))].sort();
  const manifest = {
    name,
    version,
    description,
    license,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./types/producer/src/index.d.ts", default: "./index.js" } },
    engines: { node: ">=20" },
    dependencies: Object.fromEntries(
      needed.map((dependency) => {
        const versions = pinned.get(dependency);
        if (versions?.size !== 1) {
          throw new Error(`${dependency}: the packages must pin one version of it; found ${[...(versions ?? [])]}`);
        }
        return [dependency, [...versions].join()];
      }),
    ),
  };
  await writeFile(new URL("package.json", dist), `${JSON.stringify(manifest, null, 2)}\n`);
  await copyFile(new URL("README.md", packageFolder), new URL("README.md", dist));
  await copyFile(new URL("../../LICENSE", packageFolder), new URL("LICENSE", dist));
}

/** What the workspace's packages depend on: name → versions. */
async function pinnedVersions(packages: URL): Promise<Map<string, Set<string>>> {
  const pinned = new Map<string, Set<string>>();
  for await (const path of glob("*/package.json", { cwd: fileURLToPath(packages) })) {
    const { dependencies = {} } = await readManifest(new URL(path, packages));
    for (const [name, version] of Object.entries(dependencies)) {
      pinned.set(name, (pinned.get(name) ?? new Set()).add(version));
    }
  }
  return pinned;
}

async function readManifest(url: URL): Promise<Manifest> {
  return JSON.parse(await readFile(url, "utf8")) as Manifest;
}
