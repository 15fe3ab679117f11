import { type ContentIssue, parseTemplate, type Template } from "@hikyaku/core";
import { referenceMark, referenceVariable } from "../reference.ts";
import { checkText, type TextRule } from "./check-text.ts";

/** Values of one recipient by variable name; `encoded` is for the inside of URLs. */
export interface RenderValues {
  readonly plain: Readonly<Record<string, string>>;
  readonly encoded: Readonly<Record<string, string>>;
}

/** A place of the wire whose text differs by recipient. Where it does not, the finished text itself stands there. */
export class Field {
  /** The finished text, or what is wrong with it for this recipient. */
  readonly render: (values: RenderValues) => string | ContentIssue[];

  constructor(render: (values: RenderValues) => string | ContentIssue[]) {
    this.render = render;
  }
}

export interface CompiledText {
  slot: string | Field;
  variables: readonly string[];
  /** As written, in normal form. */
  text: string;
  issues: readonly ContentIssue[];
}

/**
 * Compiles one text of a content. Without variables it is finished and checked here. With them, what no value can mend is found here,
 * and the rest at each rendering.
 */
export function compileText(written: string, path: string, rule: TextRule): CompiledText {
  const text = normalise(written);
  const fault = (code: string, message: string): CompiledText => {
    return {
      slot: "",
      variables: [],
      text,
      issues: [{ path, level: "error", code, message: `${rule.what} ${message}` }],
    };
  };
  if (text.includes(referenceMark))
    return fault("rcs-broken-character", "holds U+FFFF, which is no character; remove it");
  const marked = rule.takesReference ? text.replace(referencePlace, referenceMark) : text;
  const template = rule.isUrl ? parseUrlTemplate(marked) : parseTemplate(marked);
  if (!template.ok) {
    const issues = template.faults.map(({ code, message }) => ({ path, level: "error", code, message }) as const);
    return { slot: "", variables: [], text, issues };
  }
  const { variables } = template;
  if (variables.includes(referenceVariable)) {
    return fault(
      "rcs-reference-misplaced",
      "can't hold #{_ref}, which may stand in a button's data or a URL; remove it here",
    );
  }
  const check = (finished: string) => checkText(finished, path, rule);
  if (variables.length === 0) {
    const checked = check(marked);
    return typeof checked === "string"
      ? { slot: checked, variables, text, issues: [] }
      : { slot: "", variables, text, issues: checked };
  }
  const finish = ({ plain, encoded }: RenderValues) => {
    const rendered = rule.isUrl ? (template as UrlTemplate).renderUrl(plain, encoded) : template.render(plain);
    if (!rendered.ok) {
      return rendered.faults.map(({ code, message }) => ({ path, level: "error", code, message }) as const);
    }
    const finished = normalise(rendered.text);
    return finished.split(referenceMark).length === marked.split(referenceMark).length
      ? check(finished)
      : [
          {
            path,
            level: "error",
            code: "rcs-broken-character",
            message: `a value for ${rule.what} holds U+FFFF`,
          } as const,
        ];
  };
  return { slot: new Field(finish), variables, text, issues: fixedFaults(marked, path, rule) };
}

const referencePlace = new RegExp(`#\\{\\s*${referenceVariable}\\s*\\}`, "g");

/** Line breaks as LF, letters composed: as in an SMS, so that both parts of a content read alike. */
function normalise(text: string): string {
  return text.replace(/\r\n?/g, "\n").normalize("NFC");
}

/** Faults of the author's own words, whatever the values: the variables are taken as empty, so a length is a lower bound. */
function fixedFaults(marked: string, path: string, rule: TextRule): ContentIssue[] {
  const template = parseTemplate(marked, { allowBlankValues: true });
  if (!template.ok) return [];
  const fixed = template.render(template.variables.map(() => ""));
  const checked = fixed.ok ? checkText(fixed.text, path, { ...rule, mayBeBlank: true, form: undefined }) : "";
  return typeof checked === "string" ? [] : checked;
}

interface UrlTemplate extends Template {
  renderUrl(plain: RenderValues["plain"], encoded: RenderValues["encoded"]): ReturnType<Template["render"]>;
}

/**
 * Inside a URL a value is percent-encoded, so that no value can change where it leads. A variable at its very beginning is the exception:
 * there the value brings the URL itself.
 */
function parseUrlTemplate(text: string): UrlTemplate | Exclude<ReturnType<typeof parseTemplate>, { ok: true }> {
  const template = parseTemplate(text);
  if (!template.ok) return template;
  const [lead = ""] = /^#\{[^}]*\}/.exec(text) ?? [];
  const head = lead === "" ? null : parseTemplate(lead);
  const tail = parseTemplate(text.slice(lead.length));
  return {
    ...template,
    renderUrl(plain, encoded) {
      // The whole once with the plain values, for its faults: an encoded blank is not blank.
      const whole = template.render(plain);
      if (!whole.ok || !tail.ok || (head !== null && !head.ok)) return whole;
      const first = head === null ? { ok: true as const, text: "" } : head.render(plain);
      const rest = tail.render(encoded);
      if (!first.ok) return first;
      return rest.ok ? { ok: true, text: first.text + rest.text } : rest;
    },
  };
}
