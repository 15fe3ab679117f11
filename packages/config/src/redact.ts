import { inspect } from "node:util";
import type { ValueShape } from "./value-shape.ts";

/** Where secrets stand: steps of keys, `*` for every key of a mapping or item of a list. */
export type SecretPath = readonly string[];

const hidden = "[redacted]";

/** All places a schema marks as secret. */
export function secretPathsOf(shape: ValueShape, base: SecretPath = []): SecretPath[] {
  if (shape.secret === true) return [base];
  return [
    ...Object.entries(shape.properties ?? {}).flatMap(([key, inner]) => secretPathsOf(inner, [...base, key])),
    ...(typeof shape.additionalProperties === "object"
      ? secretPathsOf(shape.additionalProperties, [...base, "*"])
      : []),
    ...(shape.items === undefined ? [] : secretPathsOf(shape.items, [...base, "*"])),
    ...[...(shape.anyOf ?? []), ...(shape.allOf ?? [])].flatMap((inner) => secretPathsOf(inner, base)),
  ];
}

/** A copy of `value` with every secret replaced; unset ones stay unset. */
export function redact(value: unknown, secrets: readonly SecretPath[]): unknown {
  if (secrets.length === 0 || value === null || value === undefined) return value;
  if (secrets.some((path) => path.length === 0)) return hidden;
  if (Array.isArray(value)) return value.map((item, index) => redact(item, below(secrets, String(index))));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, below(secrets, key))]));
}

/**
 * Makes every object that holds a secret, at any depth, print and serialise without it: `console.log`, `util.inspect`,
 * `JSON.stringify` and pino all go through the two methods added here. The secrets themselves stay plain strings.
 */
export function guardSecrets(value: unknown, secrets: readonly SecretPath[]): void {
  if (secrets.length === 0 || value === null || typeof value !== "object") return;
  for (const [key, item] of Object.entries(value)) guardSecrets(item, below(secrets, key));
  const safeCopy = () => redact(value, secrets);
  Object.defineProperty(value, "toJSON", { value: safeCopy, enumerable: false });
  Object.defineProperty(value, inspect.custom, { value: safeCopy, enumerable: false });
}

function below(secrets: readonly SecretPath[], key: string): SecretPath[] {
  return secrets.flatMap(([first, ...rest]) => (first === "*" || first === key ? [rest] : []));
}
