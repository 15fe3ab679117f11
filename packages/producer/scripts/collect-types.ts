import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packageOf } from "./bundle-code.ts";

/** The workspace's packages that may stand in the declarations. */
const workspacePackages = ["core", "ledger", "providers", "queue"];

/**
 * Writes `dist/types`: the declarations that can be reached from the public ones, with imports between the workspace's
 * packages turned into relative ones, so that nothing refers to a package that is not published. Answers the packages
 * they import.
 */
export async function collectTypes(packageFolder: URL, dist: URL): Promise<Set<string>> {
  const emitted = await mkdtemp(join(tmpdir(), "producer-types-"));
  try {
    await emitDeclarations(packageFolder, emitted);
    const declarations = new Declarations(emitted);
    await declarations.take("producer/src/index.d.ts");
    for (const [path, text] of declarations.taken) {
      const target = fileURLToPath(new URL(`types/${path}`, dist));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
    return declarations.packages;
  } finally {
    await rm(emitted, { recursive: true });
  }
}

async function emitDeclarations(packageFolder: URL, outDir: string): Promise<void> {
  const config = {
    extends: fileURLToPath(new URL("tsconfig.json", packageFolder)),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: fileURLToPath(new URL("../", packageFolder)),
      outDir,
      typeRoots: [fileURLToPath(new URL("../../node_modules/@types", packageFolder))],
    },
    // Every file by itself: one that is only found as a dependency may get no declarations.
    include: ["producer", ...workspacePackages].map((name) =>
      fileURLToPath(new URL(`../${name}/src/**/*.ts`, packageFolder)),
    ),
    exclude: ["**/*.test.ts"],
  };
  const project = join(outDir, "tsconfig.json");
  await writeFile(project, JSON.stringify(config));
  const compiler = fileURLToPath(import.meta.resolve("typescript/package.json").replace("package.json", "bin/tsc"));
  await promisify(execFile)(process.execPath, [compiler, "-p", project]);
}

class Declarations {
  readonly taken = new Map<string, string>();
  readonly packages = new Set<string>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Takes a declaration and everything it imports. Paths are relative to the folder of the workspace's packages. */
  async take(path: string): Promise<void> {
    if (this.taken.has(path)) return;
    this.taken.set(path, "");
    const text = await readFile(join(this.folder, path), "utf8");
    let result = "";
    let from = 0;
    for (const match of text.matchAll(importPattern)) {
      const [statement, names = "", specifier = ""] = match;
      result += text.slice(from, match.index) + (await this.rewrite(path, statement, names, specifier));
      from = match.index + statement.length;
    }
    this.taken.set(path, result + text.slice(from));
  }

  private async rewrite(path: string, statement: string, names: string, specifier: string): Promise<string> {
    if (specifier.startsWith("@hikyaku/")) return this.rewriteWorkspaceImport(path, names, specifier);
    if (specifier.startsWith(".")) {
      const target = join(dirname(path), specifier.replace(/\.ts$/, ".d.ts"));
      await this.take(target);
      return statement.replace(specifier, specifier.replace(/\.ts$/, ".js"));
    }
    if (!isBuiltin(specifier)) this.packages.add(packageOf(specifier));
    return statement;
  }

  /** One import for each name, from the very file that declares it: the rest of that package stays out. */
  private async rewriteWorkspaceImport(path: string, names: string, specifier: string): Promise<string> {
    const index = `${specifier.slice("@hikyaku/".length)}/src/index.d.ts`;
    const exports = await readFile(join(this.folder, index), "utf8");
    const lines: string[] = [];
    for (const part of names.split(",").map((each) => each.replace(/^\s*type\s/, "").trim())) {
      if (part === "") continue;
      const [name = ""] = part.split(" as ");
      const source = [...exports.matchAll(importPattern)].find(([, exported = ""]) =>
        exported.split(",").some((each) => each.replace(/^\s*type\s/, "").trim() === name),
      )?.[2];
      if (source === undefined) throw new Error(`${path}: ${specifier} has no line that exports ${name}`);
      const target = join(dirname(index), source.replace(/\.ts$/, ".d.ts"));
      await this.take(target);
      const toRoot = "../".repeat(path.split("/").length - 1);
      lines.push(`import type { ${part} } from "${toRoot}${target.replace(/\.d\.ts$/, ".js")}";`);
    }
    return lines.join("\n");
  }
}

/** `import … from "…";` and `export … from "…";`, with the names between braces where there are any. */
const importPattern = /^(?:import|export) (?:type )?(?:\w+|\*(?: as \w+)?|\{([^}]*)\}) from "([^"]+)";$/gm;
