import * as z from "zod";

/** A body that may be left out, when all its fields may. */
export function optionalBody<Shape extends z.ZodRawShape>(shape: Shape, example: Record<string, unknown> = {}) {
  return z.preprocess((body) => body ?? {}, z.strictObject(shape).meta({ examples: [example] }));
}
