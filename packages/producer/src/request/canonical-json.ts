import { createHash } from "node:crypto";

/** JSON in which the same value always has the same text: keys in order, what is undefined left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const fields = inner as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      Object.keys(fields)
        .sort()
        .map((key) => [key, fields[key]]),
    );
  });
}

/** SHA-256 of the canonical JSON. */
export function requestHashOf(request: unknown): Buffer {
  return createHash("sha256").update(canonicalJson(request)).digest();
}
