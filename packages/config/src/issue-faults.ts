import type * as z from "zod";
import { nearestName } from "./nearest-name.ts";
import { expectedText, shapeAt, type ValueShape } from "./value-shape.ts";
import type { Path } from "./yaml-source.ts";

/** A fault of one value, before it is known where in the file it stands. */
export interface ValueFault {
  path: Path;
  found: string;
  expected: string;
  mend: string;
}

export interface IssueContext {
  /** What the schema was given. */
  value: unknown;
  shape: ValueShape;
  /** Text of a value that came from the environment, by joined path: shown in place of the value. */
  fromEnvironment: ReadonlyMap<string, string>;
  /** Where in the file `value` stands. */
  base: Path;
  /** Keys that may stand beside those of the schema, because another one reads them. */
  alsoKnown?: readonly string[];
}

type Issue = z.core.$ZodIssue;

/** zod's issues in the user's words. */
export function issueFaults(issues: readonly Issue[], context: IssueContext): ValueFault[] {
  return issues.flatMap((issue) => faultsOf(issue, issue.path as Path, context));
}

function faultsOf(issue: Issue, path: Path, context: IssueContext): ValueFault[] {
  const shape = shapeAt(context.shape, path);
  const full = [...context.base, ...path];
  if (issue.code === "unrecognized_keys") {
    const alsoKnown = path.length === 0 ? (context.alsoKnown ?? []) : [];
    return issue.keys.map((key) => unknownKey(key, full, shape, alsoKnown));
  }
  if (issue.code === "invalid_union") {
    // The branch that got furthest is the one that was meant.
    const value = valueAt(context.value, path);
    const meant = issue.errors.find((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0));
    if (meant !== undefined && value !== null && typeof value === "object") {
      return meant.flatMap((inner) => faultsOf(inner, [...path, ...(inner.path as Path)], context));
    }
  }
  if (issue.code === "invalid_key") {
    const name = path.at(-1);
    return [
      {
        path: full,
        found: `the name ${JSON.stringify(name)}`,
        expected: expectedText(shapeAt(context.shape, path.slice(0, -1))?.propertyNames),
        mend: "Give it another name",
      },
    ];
  }
  const value = valueAt(context.value, path);
  const fromParams = issue.code === "custom" ? (issue.params ?? {}) : {};
  return [
    {
      path: full,
      found: foundText(value, shape, context.fromEnvironment.get(full.join("\0"))),
      expected: typeof fromParams.expected === "string" ? fromParams.expected : expectedOf(issue, shape),
      mend: typeof fromParams.mend === "string" ? fromParams.mend : mendText(value, shape, path),
    },
  ];
}

function expectedOf(issue: Issue, shape: ValueShape | undefined): string {
  // A custom rule's own message is the best text where its place has no word for it.
  return issue.code === "custom" && shape?.expected === undefined ? issue.message : expectedText(shape);
}

function unknownKey(
  key: string,
  parent: Path,
  shape: ValueShape | undefined,
  alsoKnown: readonly string[],
): ValueFault {
  const own = [shape, ...(shape?.anyOf ?? [])].flatMap((branch) => Object.keys(branch?.properties ?? {}));
  const known = [...new Set([...own, ...alsoKnown])];
  const near = nearestName(key, known);
  return {
    path: [...parent, key],
    found: `the unknown key ${JSON.stringify(key)}`,
    expected: known.length === 0 ? "no such key" : `one of ${known.join(", ")}`,
    mend: near === null ? "Remove it" : `Write ${near}`,
  };
}

function mendText(value: unknown, shape: ValueShape | undefined, path: Path): string {
  if (shape?.mend !== undefined) return shape.mend;
  const key = String(path.at(-1) ?? "");
  const about = shape?.description === undefined ? "" : `: ${shape.description.replace(/\.$/, "")}`;
  if (value === undefined) return `Add \`${key}\`${about}`;
  if (value === null) return `Give \`${key}\` a value or remove the line`;
  if (shape?.type === "duration" && typeof value === "number") return `Add a unit, e.g. ${value}s`;
  if (shape?.type === "string" && typeof value !== "object" && typeof value !== "string") return "Put it in quotes";
  return typeof path.at(-1) === "number" ? "Change this entry" : `Change \`${key}\`${about}`;
}

/** Names the value without giving a secret away: what came from the environment is shown as it stands in the file. */
function foundText(value: unknown, shape: ValueShape | undefined, source: string | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (source !== undefined) return `the value of ${source}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a mapping";
  if (shape === undefined || shape.secret === true)
    return `a ${typeof value === "string" ? "text" : typeof value} (not shown)`;
  if (typeof value !== "string") return `the ${typeof value} ${String(value)}`;
  return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
