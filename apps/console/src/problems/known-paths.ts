import type { FastifyInstance } from "fastify";

/** Which methods a path takes, to tell a wrong method (405) from a wrong path (404). */
export interface KnownPaths {
  /** Empty when no route matches the path. */
  methodsOf(path: string): string[];
}

/** Call it before any route is registered. */
export function watchPaths(app: FastifyInstance): KnownPaths {
  const methods = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const entry = methods.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) entry.methods.add(each);
    methods.set(url, entry);
  });
  return {
    methodsOf(path) {
      const found = new Set<string>();
      for (const entry of methods.values()) {
        if (entry.pattern.test(path)) for (const method of entry.methods) found.add(method);
      }
      return [...found].sort();
    },
  };
}

function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/:[A-Za-z]+/g, "[^/]+")
    .replace(/\*/g, ".*");
  return new RegExp(`^${source}/?$`);
}
