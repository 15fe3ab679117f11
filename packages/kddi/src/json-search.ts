/** A JSON object as it came, nothing known of it. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The text as JSON, a byte order mark aside; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** The value at a path of keys, compared without regard to case: carriers spell `smsmessage` in three ways (guide §2.5, §3.1, §3.7). */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) value = isObject(value) ? fieldOf(value, key) : undefined;
  return value;
}

/** Every object is searched for some fifty names, so its names are brought to one case once. */
const byLowerCaseName = new WeakMap<JsonObject, Map<string, unknown>>();

function fieldOf(object: JsonObject, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key];
  let fields = byLowerCaseName.get(object);
  if (fields === undefined) {
    fields = new Map();
    for (const [name, value] of Object.entries(object)) {
      const lowerCase = name.toLowerCase();
      if (!fields.has(lowerCase)) fields.set(lowerCase, value);
    }
    byLowerCaseName.set(object, fields);
  }
  return fields.get(key.toLowerCase());
}

/** How deep a field is looked for (protocol notes §13.6). */
const maxDepth = 4;

/**
 * The first acceptable value under one of `names`, up to depth 4: the upper level before the deeper one, and within one level the
 * earlier name before the later. Lists are not entered: what stands in one is several things, each to be read for itself.
 */
export function findField<T>(
  root: unknown,
  names: readonly string[],
  accept: (value: unknown) => T | undefined,
): T | undefined {
  let level = isObject(root) ? [root] : [];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    for (const name of names) {
      for (const object of level) {
        const accepted = accept(fieldOf(object, name));
        if (accepted !== undefined) return accepted;
      }
    }
    level = level.flatMap((object) => Object.values(object).filter(isObject));
  }
  return undefined;
}

/** The objects in the first list of objects that stands in `root`, up to depth 4; empty when there is none. */
export function firstList(root: unknown): JsonObject[] {
  let level = isObject(root) ? [root] : [];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    for (const value of level.flatMap((object) => Object.values(object))) {
      if (Array.isArray(value) && value.some(isObject)) return value.filter(isObject);
    }
    level = level.flatMap((object) => Object.values(object).filter(isObject));
  }
  return [];
}

/** True when a key of that name stands anywhere up to depth 4, whatever its value. */
export function hasField(root: unknown, name: string): boolean {
  return findField(root, [name], (value) => (value === undefined ? undefined : true)) === true;
}

/** A text that isn't blank, or a number as text. Ids and statuses come as either. */
export function asWord(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value.trim() !== "" && value.length <= maxWord ? value.trim() : undefined;
}

const maxWord = 255;
