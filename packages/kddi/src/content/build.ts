import type { ContentIssue } from "@hikyaku/core";
import type { RcsLimits, RcsSettings } from "../rcs-settings.ts";
import type { TextRule } from "./check-text.ts";
import { compileText, Field, type RenderValues } from "./field.ts";
import type { Place } from "./place.ts";
import type { VisibleText } from "./visible-text.ts";

/** A piece of the wire's JSON; where the text differs by recipient, a {@link Field} stands. */
export type WireNode = string | number | boolean | Field | readonly WireNode[] | { readonly [key: string]: WireNode };

/** What the functions that build the wire from a content share: the rules they check by, and what they found. */
export interface Build {
  readonly settings: RcsSettings;
  readonly limits: RcsLimits;
  readonly issues: ContentIssue[];
  /** In order of first use. */
  readonly variables: Set<string>;
  readonly visible: VisibleText[];
  /** Checks of several fields together, after each rendering. */
  readonly afterRender: ((values: RenderValues) => ContentIssue[])[];
  /** Compiles a text and notes its variables and faults. */
  text(written: string, place: Place, rule: TextRule, shown?: VisibleText["kind"]): WireNode;
  fault(place: Place, code: string, message: string): void;
  warn(place: Place, code: string, message: string): void;
}

export function createBuild(settings: RcsSettings, limits: RcsLimits): Build {
  const build: Build = {
    settings,
    limits,
    issues: [],
    variables: new Set(),
    visible: [],
    afterRender: [],
    text(written, { path }, rule, shown) {
      const { slot, variables, text, issues } = compileText(written, path, rule);
      for (const name of variables) build.variables.add(name);
      build.issues.push(...issues);
      if (shown !== undefined) build.visible.push({ path, part: "rcs", kind: shown, text });
      return slot;
    },
    fault: ({ path }, code, message) => void build.issues.push({ path, level: "error", code, message }),
    warn: ({ path }, code, message) => void build.issues.push({ path, level: "warning", code, message }),
  };
  return build;
}

/** Leaves out what is not there, so that no field is sent that the author did not write. */
export function withoutUndefined(fields: Readonly<Record<string, WireNode | undefined>>): { [key: string]: WireNode } {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, WireNode] => entry[1] !== undefined),
  );
}

/** The wire's JSON for one recipient. Faults of all fields are reported at once. */
export function renderNode(
  node: WireNode,
  values: RenderValues,
): { ok: true; json: unknown } | { ok: false; issues: ContentIssue[] } {
  const issues: ContentIssue[] = [];
  const json = render(node, values, issues);
  return issues.length === 0 ? { ok: true, json } : { ok: false, issues };
}

function render(node: WireNode, values: RenderValues, issues: ContentIssue[]): unknown {
  if (node instanceof Field) {
    const rendered = node.render(values);
    if (typeof rendered === "string") return rendered;
    issues.push(...rendered);
    return "";
  }
  if (typeof node !== "object") return node;
  if (isList(node)) return node.map((each) => render(each, values, issues));
  const rendered: Record<string, unknown> = {};
  for (const key in node) {
    const inner = node[key];
    if (inner !== undefined) rendered[key] = render(inner, values, issues);
  }
  return rendered;
}

function isList(node: WireNode): node is readonly WireNode[] {
  return Array.isArray(node);
}
