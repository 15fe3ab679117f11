import type { FastifyInstance } from "fastify";
import type * as z from "zod";

/**
 * JSON bodies. Where none is needed an empty one is none: many clients name the type of every request, also of those in which
 * they send nothing.
 */
export function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = String(body);
    if (text.trim() === "" && mayBeLeftOut(request.routeOptions.schema?.body)) done(null, undefined);
    else parse(request, text, done);
  });
}

/** Without a schema nothing is read of it. */
function mayBeLeftOut(schema: unknown): boolean {
  return schema === undefined || (schema as z.ZodType).safeParse(undefined).success;
}
