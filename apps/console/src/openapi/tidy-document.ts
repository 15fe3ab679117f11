import type { OpenApiDocument, Operation } from "./describe-api.ts";

/**
 * Takes out of the document what zod writes for itself and nobody needs: the limits of exact integers, the pattern behind
 * a format, and that our answers have no further fields. Clients must expect further fields: a later version may add some.
 */
export function tidyDocument(document: OpenApiDocument): OpenApiDocument {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [name, tidy(schema, true)]);
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item).map(([method, operation]) => [method, tidyOperation(operation, document)]);
    return [path, Object.fromEntries(operations)];
  });
  return {
    ...document,
    components: { ...document.components, schemas: Object.fromEntries(schemas) },
    paths: Object.fromEntries(paths),
  };
}

function tidyOperation(operation: Operation, document: OpenApiDocument): Operation {
  const responses = tidy(operation.responses, true) as Operation["responses"];
  for (const response of Object.values(responses)) {
    // Fastify's words for an answer without a description; its model has one.
    if (response.description !== "Default Response") continue;
    const model =
      Object.values(response.content ?? {})[0]
        ?.schema.$ref?.split("/")
        .at(-1) ?? "";
    response.description = document.components.schemas[model]?.description ?? "Done.";
  }
  return { ...(tidy(operation, false) as Operation), responses };
}

function tidy(value: unknown, isAnswer: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item, isAnswer));
  if (value === null || typeof value !== "object") return value;
  const { format } = value as { format?: unknown };
  const kept = Object.entries(value).filter(
    ([keyword, item]) =>
      Math.abs(Number(item)) !== Number.MAX_SAFE_INTEGER &&
      !(keyword === "pattern" && format !== undefined) &&
      !(keyword === "additionalProperties" && item === false && isAnswer),
  );
  return Object.fromEntries(kept.map(([keyword, item]) => [keyword, tidy(item, isAnswer)]));
}
