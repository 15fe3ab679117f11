import type { ContentIssue } from "@hikyaku/core";
import type * as z from "zod";
import { pathAt } from "./place.ts";

/** What zod found wrong with the shape of a content, in our words; every path is the author's. */
export function shapeIssues(issues: readonly z.core.$ZodIssue[], root = "content"): ContentIssue[] {
  return issues.flatMap((issue) => issueOf(issue, root));
}

function issueOf(issue: z.core.$ZodIssue, root: string): ContentIssue[] {
  const path = issue.path.reduce<string>(
    (above, key) => pathAt(above, typeof key === "number" ? key : String(key)),
    root,
  );
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: pathAt(path, key),
      level: "error",
      code: "unknown-field",
      message: unknownField(key),
    }));
  }
  if (issue.code === "invalid_union") {
    // The branch that got furthest says most: a mapping with one wrong field rather than "not a text".
    const deepest = [...issue.errors].sort((one, other) => depthOf(other) - depthOf(one))[0] ?? [];
    if (depthOf(deepest) > 0) return shapeIssues(deepest, path);
  }
  return [{ path, level: "error", code: "wrong-shape", message: `expected ${expectedOf(issue)}` }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

/** Names that other documents use for a field, and ours. */
const otherNames: Readonly<Record<string, string>> = {
  suggestChipList: "write suggestedChipList",
  rcsMessage: "write rcs",
  RCSMessage: "write rcs",
  smsmessage: "write sms with text",
  smsMessage: "write sms with text",
  suggestions: "write buttons (suggestions stands only inside rcs)",
  fallback: "write mode: sms-fallback",
  urlAction: "put it inside action",
  isTyping: "it can't be sent",
};

function unknownField(key: string): string {
  const mend = Object.hasOwn(otherNames, key) ? otherNames[key] : `remove ${key}`;
  return `there is no such field; ${mend}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "invalid_value": {
      const values = issue.values.map(String);
      return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}${inQuotes(values)}`;
    }
    case "too_small":
      return `${kindOf(issue.origin)} ${issue.inclusive ? "of at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `${kindOf(issue.origin)} of at most ${issue.maximum}`;
    default:
      return "another value";
  }
}

/** YAML reads 0 as a number. */
function inQuotes(values: readonly string[]): string {
  return values.every((value) => /^\d+$/.test(value)) ? ", in quotes" : "";
}

function kindOf(origin: string): string {
  return origin === "int" ? "a whole number" : "a number";
}
