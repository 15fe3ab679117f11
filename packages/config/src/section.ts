import * as z from "zod";
import type { DurationMs } from "./duration.ts";

type IsDuration<T> = [Exclude<T, null | undefined>] extends [never]
  ? false
  : [Exclude<T, null | undefined>] extends [DurationMs]
    ? true
    : false;

/** The shape of a section in memory: a duration's key carries its unit (`receiptGrace` in the file, `receiptGraceMs` here). */
export type WithUnits<T> = {
  [K in keyof T as IsDuration<T[K]> extends true ? `${K & string}Ms` : K]: T[K] extends DurationMs ? number : T[K];
};

/** A strict mapping of the file whose durations get their unit into the name. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).transform((value) => withUnits(shape, value));
}

/** Like {@link section}, but leaves keys it doesn't know for somebody else to check. */
export function openSection<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).transform((value) => withUnits(shape, value));
}

function withUnits<T extends object>(shape: z.ZodRawShape, value: T): WithUnits<T> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [isDuration(shape[key]) ? `${key}Ms` : key, item]),
  ) as WithUnits<T>;
}

function isDuration(schema: unknown): boolean {
  let inner = schema;
  while (inner instanceof z.ZodType) {
    if (z.globalRegistry.get(inner)?.type === "duration") return true;
    // A default or `optional` wraps the schema that knows.
    inner = (inner.def as { innerType?: unknown }).innerType;
  }
  return false;
}
