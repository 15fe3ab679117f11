import type { ContentIssue } from "@hikyaku/core";
import { referenceLength, referenceMark } from "../reference.ts";

/** What a text of the wire may be. */
export interface TextRule {
  /** How messages call it, e.g. `the title`. */
  what: string;
  /** Longest, in UTF-16 units. */
  max?: number;
  mayBeBlank?: boolean;
  /** No line break either. */
  oneLine?: boolean;
  /** `#{_ref}` may stand in it. */
  takesReference?: boolean;
  /** Values are percent-encoded. */
  isUrl?: boolean;
  /** A form of its own: the finished text, or what is wrong with it. */
  form?: (text: string) => { ok: true; text: string } | { ok: false; code: string; message: string };
}

/** A finished text as it is sent, or its faults. */
export function checkText(text: string, path: string, rule: TextRule): string | ContentIssue[] {
  const issues: ContentIssue[] = [];
  const fault = (code: string, message: string) =>
    issues.push({ path, level: "error", code, message: `${rule.what} ${message}` });
  const length = text.length + (text.split(referenceMark).length - 1) * (referenceLength - 1);
  if (!rule.mayBeBlank && text.trim() === "") fault("rcs-blank", "is empty; write something or leave the field out");
  if (rule.max !== undefined && length > rule.max) {
    fault("rcs-too-long", `has ${length} UTF-16 units, the maximum is ${rule.max}; shorten it by ${length - rule.max}`);
  }
  if (!text.isWellFormed()) fault("rcs-broken-character", "holds half of a surrogate pair; restore or remove it");
  if (controls.test(text)) fault("rcs-control-character", "holds control characters; remove them");
  else if (rule.oneLine && text.includes("\n")) fault("rcs-line-break", "holds a line break; write it in one line");
  if (issues.length > 0) return issues;
  if (rule.form === undefined) return text;
  const formed = rule.form(text);
  if (formed.ok) return formed.text;
  fault(formed.code, formed.message);
  return issues;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
