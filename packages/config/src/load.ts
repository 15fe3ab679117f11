import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Config, RouteSchemas } from "./config.ts";
import { ConfigError } from "./fault.ts";
import { type ConfigResult, parseConfig } from "./parse.ts";

export interface LoadOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Where `./hikyaku.yaml` is looked for and what relative paths start from. */
  cwd: string;
  routeSchemas: RouteSchemas;
  /** A path given on the command line; comes before `HIKYAKU_CONFIG`. */
  file?: string | undefined;
}

/**
 * Reads the named file, or the one in `HIKYAKU_CONFIG`, or `./hikyaku.yaml`. A file that was named must be there; without
 * any, the environment and the defaults make the configuration.
 */
export async function loadConfig({ env, cwd, routeSchemas, file }: LoadOptions): Promise<ConfigResult> {
  const named = file ?? (env.HIKYAKU_CONFIG === "" ? undefined : env.HIKYAKU_CONFIG);
  const path = resolve(cwd, named ?? "hikyaku.yaml");
  let text = "";
  let readFrom: string | null = path;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    if (named !== undefined || code !== "ENOENT") {
      const mend =
        file === undefined && named !== undefined
          ? "Set HIKYAKU_CONFIG to the file, or unset it"
          : "Name a file that exists and that this user may read";
      const found = `no file that can be read (${code})`;
      const fault = { file: path, line: null, path: "", found, expected: "a YAML file", mend };
      return { ok: false, faults: [fault] };
    }
    readFrom = null;
  }
  const result = parseConfig({ text, file: readFrom, env, routeSchemas });
  if (result.ok) result.config.dataDir = resolve(cwd, result.config.dataDir);
  return result;
}

/** Like {@link loadConfig}, but throws {@link ConfigError}: for a program whose only answer is to print it and exit. */
export async function requireConfig(options: LoadOptions): Promise<Config> {
  const result = await loadConfig(options);
  if (!result.ok) throw new ConfigError(result.faults);
  return result.config;
}
