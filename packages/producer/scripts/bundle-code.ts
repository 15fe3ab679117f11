import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

/**
 * A producer asks a carrier's package for its rules and never for its client, so the HTTP client stays out: it is the
 * largest dependency and the only one that wants a newer Node.
 */
const withoutClients: Plugin = {
  name: "without-clients",
  resolveId: (id) => (id === "undici" ? "\0no-client" : null),
  load: (id) => (id === "\0no-client" ? "export const Pool = undefined, ProxyAgent = undefined;" : null),
};

/**
 * What goes into the bundle: the workspace's own packages, and PostgreSQL's driver, as this repository mends it (`patches/`): as published, a
 * statement that follows at once on one whose connection was reset is never settled.
 */
const isBundled = (id: string) => /^(?:[./]|@hikyaku\/)|^(?:undici|postgres)$/.test(id);

/** Writes `dist/index.js` and answers the packages it imports. */
export async function bundleCode(packageFolder: URL, dist: URL): Promise<Set<string>> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("src/index.ts", packageFolder)),
    platform: "node",
    external: (id) => !isBundled(id),
    plugins: [withoutClients],
    transform: {
      target: "node20",
      inject: { "Map.groupBy": [fileURLToPath(new URL("group-by.ts", import.meta.url)), "groupBy"] },
    },
    // Nothing in these packages does anything when it is imported, so what is not used is not there.
    treeshake: { moduleSideEffects: false },
  });
  const { output } = await bundle.write({ file: fileURLToPath(new URL("index.js", dist)), format: "esm" });
  await bundle.close();
  const imports = output.flatMap((chunk) =>
    chunk.type === "chunk" ? [...chunk.imports, ...chunk.dynamicImports] : [],
  );
  return new Set(imports.filter((id) => !isBuiltin(id)).map(packageOf));
}

/** `@scope/name/sub` → `@scope/name` */
export function packageOf(id: string): string {
  return id
    .split("/")
    .slice(0, id.startsWith("@") ? 2 : 1)
    .join("/");
}
