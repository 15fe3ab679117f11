import { messageClasses, overridableRules } from "@hikyaku/core";
import * as z from "zod";
import { label } from "./read-fields.ts";

const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(", ");

/** What campaigns and single messages say of their class, for schemas that have more fields. */
export const classFields = {
  class: z.enum(messageClasses, `one of ${quoted(messageClasses)}`).optional(),
  overrides: z
    .array(
      z.strictObject(
        { rule: z.enum(overridableRules, `one of ${quoted(overridableRules)}`), reason: label },
        "an object with rule and reason",
      ),
      "a list of { rule, reason }",
    )
    .refine((overrides) => new Set(overrides.map(({ rule }) => rule)).size === overrides.length, "each rule once")
    .optional(),
  by: label.optional(),
};
