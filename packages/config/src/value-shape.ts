import * as z from "zod";
import type { Path } from "./yaml-source.ts";

/** What a schema says of one place, as JSON Schema of its input plus our own words. */
export interface ValueShape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, ValueShape>;
  required?: string[];
  additionalProperties?: ValueShape | boolean;
  propertyNames?: ValueShape;
  items?: ValueShape;
  anyOf?: ValueShape[];
  allOf?: ValueShape[];
  default?: unknown;
  description?: string;
  /** Ours: in place of a description of the type. */
  expected?: string;
  /** Ours: what to do about a fault here. */
  mend?: string;
  unit?: string;
  /** Ours: never printed, not even when it is wrong. */
  secret?: boolean;
}

export function shapeOf(schema: z.ZodType): ValueShape {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as ValueShape;
}

/** The shape at `path`; `*` steps into a mapping of any key or a list. */
export function shapeAt(root: ValueShape, path: Path): ValueShape | undefined {
  let shape: ValueShape | undefined = root;
  for (const step of path) {
    if (shape === undefined) return undefined;
    const branches: ValueShape[] = [shape, ...(shape.anyOf ?? []), ...(shape.allOf ?? [])];
    let next: ValueShape | undefined;
    for (const branch of branches) {
      const other = typeof branch.additionalProperties === "object" ? branch.additionalProperties : undefined;
      next ??= branch.properties?.[String(step)] ?? other ?? branch.items;
    }
    shape = next;
  }
  return shape;
}

/** Says in words what may stand there: `a whole number from 0 to 65535`. */
export function expectedText(shape: ValueShape | undefined): string {
  if (shape === undefined) return "another value";
  if (shape.expected !== undefined) return shape.expected;
  if (shape.const !== undefined) return String(shape.const);
  if (shape.enum !== undefined) return `one of ${shape.enum.map(String).join(", ")}`;
  if (shape.anyOf !== undefined) return shape.anyOf.map(expectedText).join(" or ");
  const unit = shape.unit === undefined || shape.unit === "port" ? "" : ` (${shape.unit})`;
  switch (shape.type) {
    case "integer":
      return `a whole number${rangeText(shape)}${unit}`;
    case "number":
      return `a number${rangeText(shape)}${unit}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return `a list${shape.minItems ? ` of at least ${shape.minItems}` : ""}`;
    case "object":
      return shape.required?.length ? `a mapping with ${shape.required.join(", ")}` : "a mapping";
    case "string":
      if (shape.format === "uri") return "a URL";
      return shape.pattern === undefined ? "a text" : `a text like ${shape.pattern}`;
    default:
      return "another value";
  }
}

function rangeText(shape: ValueShape): string {
  const limit = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
  const least = limit(shape.minimum);
  const above = limit(shape.exclusiveMinimum);
  const most = limit(shape.maximum);
  const below = limit(shape.exclusiveMaximum);
  const low = least !== undefined ? ` from ${least}` : above !== undefined ? ` above ${above}` : "";
  const high = most !== undefined ? ` to ${most}` : below !== undefined ? ` below ${below}` : "";
  return low === "" && most !== undefined ? ` of at most ${most}` : `${low}${high}`;
}
