import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem, pointerOf, type RequestFault } from "./problem.ts";

const detail = "holds the character U+0000, which no text here can have; take it out";

/**
 * A text with a NUL is refused before anything is done with it: PostgreSQL holds none, and the statement it stands in fails.
 * Rows of an upload are looked at one by one instead, where one that can't be taken is left out.
 */
export function refuseNul(app: FastifyInstance): void {
  app.addHook("preValidation", async (request) => {
    if (request.is404) return;
    const errors = faultsOf(request);
    if (errors.length === 0) return;
    throw new Problem("invalid-request", {
      detail: errors.map(({ pointer, parameter }) => `${pointer ?? parameter}: ${detail}`).join("; "),
      errors,
    });
  });
}

function faultsOf({ params, query, body }: FastifyRequest): RequestFault[] {
  const parameters = [params, query].flatMap((part) => Object.entries(part ?? {}));
  const named = (parameter: string) => ({ parameter, detail });
  return [
    ...parameters.flatMap(([name, value]) => ([value].flat().some(hasNul) ? [named(name)] : [])),
    ...fieldsWithNul(body).map((path) => ({ pointer: pointerOf(path), detail })),
  ];
}

/** Paths of the fields of a form or of a JSON object. */
function fieldsWithNul(body: unknown): PropertyKey[][] {
  if (body instanceof URLSearchParams) return [...body].flatMap(([name, value]) => (hasNul(value) ? [[name]] : []));
  return isPlain(body) ? pathsWithNul(body) : [];
}

function pathsWithNul(value: unknown): PropertyKey[][] {
  if (hasNul(value)) return [[]];
  if (!Array.isArray(value) && !isPlain(value)) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    hasNul(name) ? [[name.replaceAll("\0", "\uFFFD")]] : pathsWithNul(inside).map((path) => [name, ...path]),
  );
}

function hasNul(value: unknown): boolean {
  return typeof value === "string" && value.includes("\0");
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
