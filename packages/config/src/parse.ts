import type * as z from "zod";
import { classRulesOf } from "./class-sections.ts";
import type { Config, RouteConfig, RouteSchemas } from "./config.ts";
import { expandVariables, hideVariables } from "./expand.ts";
import type { ConfigFault } from "./fault.ts";
import { issueFaults, type ValueFault, valueAt } from "./issue-faults.ts";
import { nearestName } from "./nearest-name.ts";
import { guardSecrets, type SecretPath, secretPathsOf } from "./redact.ts";
import { eventFaults, routeEvents } from "./route-events.ts";
import { commonRouteKeys } from "./route-schema.ts";
import { configSchema } from "./schema.ts";
import { shapeOf } from "./value-shape.ts";
import { type Path, readYaml } from "./yaml-source.ts";

export type ConfigResult = { ok: true; config: Config } | { ok: false; faults: ConfigFault[] };

export interface ConfigSource {
  /** The YAML text; empty when there is no file. */
  text: string;
  /** How the file is called in faults; null when there is none. */
  file: string | null;
  /** Values for `${NAME}`, and `DATABASE_URL` and `REDIS_URL`, which come before the file's. */
  env: Readonly<Record<string, string | undefined>>;
  routeSchemas: RouteSchemas;
}

/** Reads a configuration. Pure. Finds every fault there is in one go, unless the text isn't YAML at all. */
export function parseConfig({ text, file, env, routeSchemas }: ConfigSource): ConfigResult {
  const hidden = hideVariables(text);
  const source = readYaml(hidden.text);
  if (source.fault !== null) {
    const { line, message } = source.fault;
    const found = `YAML that can't be read (${message})`;
    const mend = "Check indentation, quotes and brackets around this line";
    return { ok: false, faults: [{ file, line, path: "", found, expected: "YAML 1.2", mend }] };
  }

  const expanded = expandVariables(source.value, hidden.sources, env);
  const parse: Parse = (schema, value, base, alsoKnown) =>
    parseValue(schema, value, base, expanded.fromEnvironment, alsoKnown);
  const root = withUrls(expanded.value, env);
  const top = parse(configSchema, root.value, []);
  const values = top.value as z.output<typeof configSchema> | undefined;
  const routes = readRoutes(valueAt(root.value, ["routes"]), routeSchemas, parse);

  const broken = expanded.faults.map(({ path }) => path);
  const faults = [
    ...expanded.faults,
    // A value whose variable is missing has one fault, not two.
    ...[...top.faults, ...routes.faults, ...(values ? eventFaults(values.events, values.routes) : [])].filter(
      ({ path }) => !broken.some((b) => b.every((step, i) => step === path[i])),
    ),
  ];
  if (values === undefined || faults.length > 0) {
    const located = faults.map(({ path, ...words }) => {
      const fromVariable = path.length === 1 ? root.variables[String(path[0])] : undefined;
      if (fromVariable !== undefined) return { file: null, line: null, path: fromVariable, ...words };
      return { file, line: file === null ? null : source.lineOf(path), path: path.join("."), ...words };
    });
    return { ok: false, faults: located };
  }
  return { ok: true, config: assemble(values, file, routes.settings, routeSchemas) };
}

/** A copy of the configuration that may be shown: secrets replaced, everything else as it is. */
export function redactConfig(config: Config): unknown {
  return JSON.parse(JSON.stringify(config));
}

function withUrls(value: unknown, env: ConfigSource["env"]): { value: unknown; variables: Record<string, string> } {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return { value, variables: {} };
  const urls = { databaseUrl: "DATABASE_URL", redisUrl: "REDIS_URL" };
  const set = Object.entries(urls).filter(([, name]) => env[name] !== undefined && env[name] !== "");
  return {
    value: { ...value, ...Object.fromEntries(set.map(([key, name]) => [key, env[name]])) },
    variables: Object.fromEntries(set),
  };
}

type Parse = (
  schema: z.ZodType,
  value: unknown,
  base: Path,
  alsoKnown?: readonly string[],
) => { value: unknown; faults: ValueFault[] };

function parseValue(
  schema: z.ZodType,
  given: unknown,
  base: Path,
  fromEnvironment: Map<string, string>,
  alsoKnown: readonly string[] = [],
) {
  let value = given;
  let result = schema.safeParse(value);
  if (!result.success) {
    value = structuredClone(given);
    if (readEnvironmentNumbers(result.error.issues, value, base, fromEnvironment)) result = schema.safeParse(value);
  }
  if (result.success) return { value: result.data, faults: [] };
  const faults = issueFaults(result.error.issues, { value, shape: shapeOf(schema), fromEnvironment, base, alsoKnown });
  return { value: undefined, faults };
}

/** `${PORT}` is text; where a number or a boolean is wanted and it is written like one, it is read as one. */
function readEnvironmentNumbers(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  base: Path,
  fromEnvironment: Map<string, string>,
): boolean {
  let changed = false;
  for (const issue of issues) {
    if (issue.code !== "invalid_type") continue;
    const path = issue.path as Path;
    const text = valueAt(value, path);
    const parent = valueAt(value, path.slice(0, -1));
    if (typeof text !== "string" || !fromEnvironment.has([...base, ...path].join("\0"))) continue;
    const read = readScalar(text.trim(), issue.expected);
    if (read === undefined) continue;
    (parent as Record<string | number, unknown>)[path.at(-1) ?? ""] = read;
    changed = true;
  }
  return changed;
}

function readScalar(text: string, expected: string): number | boolean | undefined {
  if (expected === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  if (expected === "number" || expected === "int") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  return undefined;
}

function readRoutes(routes: unknown, schemas: RouteSchemas, parse: Parse) {
  const faults: ValueFault[] = [];
  const settings: Record<string, unknown> = {};
  if (routes === null || typeof routes !== "object" || Array.isArray(routes)) return { faults, settings };
  for (const [name, route] of Object.entries(routes)) {
    if (route === null || typeof route !== "object" || Array.isArray(route)) continue;
    const provider: unknown = route.provider;
    if (typeof provider !== "string" || provider === "") continue;
    const schema = Object.hasOwn(schemas, provider) ? schemas[provider] : undefined;
    if (schema === undefined) {
      const near = nearestName(provider, Object.keys(schemas));
      faults.push({
        path: ["routes", name, "provider"],
        found: JSON.stringify(provider),
        expected: `one of ${Object.keys(schemas).join(", ")}`,
        mend: near === null ? "Name a carrier this build has" : `Write ${near}`,
      });
      continue;
    }
    const own = Object.fromEntries(Object.entries(route).filter(([key]) => !commonRouteKeys.includes(key)));
    const result = parse(schema.settings, own, ["routes", name], commonRouteKeys);
    faults.push(...result.faults);
    settings[name] = result.value;
  }
  return { faults, settings };
}

function assemble(
  parsed: z.output<typeof configSchema>,
  file: string | null,
  settings: Record<string, unknown>,
  schemas: RouteSchemas,
): Config {
  const routes: Record<string, RouteConfig> = {};
  const secrets: SecretPath[] = [...secretPathsOf(shapeOf(configSchema))];
  for (const [name, route] of Object.entries(parsed.routes)) {
    const schema = schemas[route.provider];
    if (schema === undefined) continue;
    routes[name] = {
      name,
      provider: route.provider,
      settings: settings[name],
      limits: {
        tps: route.limits.tps === undefined ? schema.limits.tps : route.limits.tps,
        concurrency: route.limits.concurrency ?? schema.limits.concurrency,
      },
      hooks: route.hooks ?? null,
      classRules: classRulesOf(parsed, route),
      receiptGraceMs: route.receiptGraceMs ?? schema.receipts?.receiptGraceMs ?? parsed.receiptGraceMs,
      statusChecks: { ...parsed.statusChecks, ...schema.receipts?.statusChecks, ...given(route.statusChecks) },
      retry: { ...parsed.retry, ...given(route.retry) },
      unknown: { ...parsed.unknown, ...given(route.unknown) },
      replies: { ...parsed.replies, ...given(route.replies) },
      events: routeEvents(name, parsed.events, route.events),
    };
    secrets.push(["routes", name, "events", "url"], ["routes", name, "events", "secrets", "*"]);
    secrets.push(...secretPathsOf(shapeOf(schema.settings)).map((path) => ["routes", name, "settings", ...path]));
  }
  const config: Config = {
    ...parsed,
    file,
    databaseUrl: parsed.databaseUrl ?? null,
    redisUrl: parsed.redisUrl ?? null,
    routes,
  };
  guardSecrets(config, secrets);
  return config;
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
