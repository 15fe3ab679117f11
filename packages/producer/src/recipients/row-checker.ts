import type { Consent, ContentIssue, PreparedContent, ProviderRules } from "@hikyaku/core";
import type { RowLaw } from "../law/row-law.ts";
import type { WarningTally } from "./warning-tally.ts";

export type CheckedRow =
  | { ok: true; recipient: string; vars: readonly string[]; segments: number; consent?: Consent | null }
  | { ok: false; code: string; reason: string; path: string };

/** Decides whether a row becomes a message, by rendering it as the worker will. Warnings go to the tally. */
export type RowChecker = (cells: readonly unknown[] | null, line: number) => CheckedRow;

export function createRowChecker(
  rules: Pick<ProviderRules, "normaliseRecipient">,
  prepared: Pick<PreparedContent, "variables" | "render">,
  warnings: WarningTally,
  law: RowLaw | null = null,
): RowChecker {
  const { variables } = prepared;

  return (cells, line) => {
    if (cells === null) return refuse("", "not-a-row", 'not an object; a row is { to: "+81…", … }');
    const to = textOf(cells[0]);
    if (to === notText) return refuse("to", "not-text", `${kindOf(cells[0])} is not a phone number; give it as text`);
    const recipient = rules.normaliseRecipient(to ?? "");
    if (!recipient.ok) return refuse("to", recipient.code, recipient.reason);
    const vars: string[] = [];
    for (let index = 0; index < variables.length; index++) {
      const value = textOf(cells[index + 1]);
      if (typeof value !== "string") return refuseValue(variables[index] ?? "", cells[index + 1]);
      vars.push(value);
    }
    const rendered = prepared.render(vars);
    if ("issues" in rendered) return refuseText(rendered.issues);
    const consent = law === null ? null : consentOf(cells.slice(variables.length + 1));
    if (consent && "ok" in consent) return consent;
    const lawful = law === null || consent === null ? null : law(rendered, consent);
    if (lawful && !lawful.ok) return lawful;
    if (lawful?.warning) warnings.note(lawful.warning.code, lawful.warning.message, line);
    if (recipient.warning !== undefined) warnings.note("recipient", recipient.warning, line);
    for (const { code, message } of rendered.warnings) warnings.note(code, message, line);
    const checked = { ok: true as const, recipient: recipient.recipient, vars, segments: rendered.segments };
    return lawful === null ? checked : { ...checked, consent: lawful.consent };
  };
}

/** @param cells those behind the variables, if there are any */
function consentOf(cells: readonly unknown[]): { at: string; source: string } | CheckedRow {
  const [at = "", source = ""] = cells.map(textOf);
  if (at === notText) return refuse("consent_at", "not-text", `consent_at is ${kindOf(cells[0])}; write it as text`);
  if (source === notText)
    return refuse("consent_source", "not-text", `consent_source is ${kindOf(cells[1])}; write it as text`);
  return { at, source };
}

const notText = Symbol("not text");

/** Numbers are written out; what has no one way to be written (dates, booleans, lists) is the caller's to decide. */
function textOf(value: unknown): string | undefined | typeof notText {
  if (typeof value === "string") return value.includes("\0") ? notText : value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return String(value);
  return notText;
}

function refuseValue(name: string, value: unknown): CheckedRow {
  return value === undefined || value === null
    ? refuse(`variables.${name}`, "missing-value", `no value for #{${name}}; add a column or value "${name}"`)
    : refuse(`variables.${name}`, "not-text", `the value for #{${name}} is ${kindOf(value)}; write it out as text`);
}

function refuseText(issues: readonly ContentIssue[]): CheckedRow {
  const errors = issues.filter(({ level }) => level === "error");
  const [first] = errors;
  if (!first) return refuse("content", "invalid-content", "the carrier's rules refuse it");
  return refuse(first.path, first.code, errors.map(({ message }) => message).join("; "));
}

function refuse(path: string, code: string, reason: string): CheckedRow {
  return { ok: false, path, code, reason };
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "a text with a NUL character";
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return "a list";
  return typeof value === "number" ? String(value) : `a value of type ${typeof value}`;
}
