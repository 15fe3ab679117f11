import * as z from "zod";
import { Problem } from "../problems/problem.ts";

/** Where a page ended, as text that callers hand back unread. */
export function cursorOf(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Undefined for the first page. @throws Problem `invalid-cursor` */
export function readCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const result = schema.safeParse(jsonOf(cursor));
  if (result.success) return result.data;
  throw new Problem("invalid-cursor", {
    errors: [{ parameter: "cursor", detail: "not a nextCursor of this list; leave it out to begin at the first page" }],
  });
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** One page of rows that were asked for with one more than fits: whether there is a next page is known without counting. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  { limit, position, view }: { limit: number; position: (last: Row) => unknown; view: (row: Row) => Item },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? cursorOf(position(last)) : null;
  return { items: shown.map(view), nextCursor };
}

/** Query of every list. */
export const pageQuery = {
  cursor: z
    .string()
    .max(1_000)
    .optional()
    .describe("The `nextCursor` of the page before; leave it out for the first page."),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe("Most items on the page."),
};

/** The envelope of every list. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("Give it as `cursor` for the next page; null on the last one."),
  });
}
