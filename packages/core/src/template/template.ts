/** A text with `#{name}` places, split once so that rendering is joining. */
export interface Template {
  ok: true;
  /** Names used, each once, in order of first use. */
  readonly variables: readonly string[];
  /**
   * Puts the values in, exactly as they are; `#{…}` inside a value is text. Values come in the order of `variables`, or by
   * name. All missing ones are reported at once.
   */
  render(
    values: readonly (string | null | undefined)[] | Readonly<Record<string, string | null | undefined>>,
  ): RenderedText;
}

export type RenderedText = { ok: true; text: string } | { ok: false; faults: TemplateFault[] };

export interface TemplateFault {
  code: "unclosed-variable" | "empty-variable" | "nested-variable" | "missing-value" | "blank-value";
  message: string;
  /** The variable's name, where one is at fault. */
  variable?: string;
  /** Where the `#{` stands in the text, in UTF-16 units from 0; only for faults of the text itself. */
  position?: number;
}

export interface TemplateOptions {
  /** Accepts an empty or blank value. Off by default: "Dear ," in a million messages is a fault of the list. */
  allowBlankValues?: boolean;
}

/** The form in which names are compared: NFC, without surrounding space. Give column headers the same form. */
export function variableName(raw: string): string {
  return raw.normalize("NFC").trim();
}

/**
 * Reads a text with `#{name}` places. A name may be anything on one line without braces, in any script; space around it
 * does not count. There is no escape: `#{` always opens a variable. Faults of the text are all reported at once.
 */
export function parseTemplate(
  text: string,
  options: TemplateOptions = {},
): Template | { ok: false; faults: TemplateFault[] } {
  const literals: string[] = [];
  const places: number[] = [];
  const variables: string[] = [];
  const faults: TemplateFault[] = [];
  let from = 0;
  for (let open = text.indexOf("#{"); open !== -1; open = text.indexOf("#{", from)) {
    const place = readPlace(text, open);
    if ("fault" in place) {
      faults.push(place.fault);
      from = open + 2;
      continue;
    }
    literals.push(text.slice(from, open));
    let index = variables.indexOf(place.name);
    if (index === -1) index = variables.push(place.name) - 1;
    places.push(index);
    from = place.end;
  }
  if (faults.length > 0) return { ok: false, faults };
  literals.push(text.slice(from));
  const { allowBlankValues = false } = options;

  return {
    ok: true,
    variables,
    render(values) {
      const byOrder = Array.isArray(values) ? (values as readonly (string | null | undefined)[]) : undefined;
      const byName = values as Readonly<Record<string, string | null | undefined>>;
      const found: string[] = [];
      const missing: TemplateFault[] = [];
      for (const [index, name] of variables.entries()) {
        // hasOwn: a variable may be called `constructor`.
        const value = byOrder ? byOrder[index] : Object.hasOwn(byName, name) ? byName[name] : undefined;
        const fault = faultOfValue(name, value, allowBlankValues);
        if (fault) missing.push(fault);
        else found.push(value ?? "");
      }
      if (missing.length > 0) return { ok: false, faults: missing };
      let rendered = literals[0] ?? "";
      for (const [index, place] of places.entries()) rendered += (found[place] ?? "") + (literals[index + 1] ?? "");
      return { ok: true, text: rendered };
    },
  };
}

function readPlace(text: string, open: number): { name: string; end: number } | { fault: TemplateFault } {
  const close = text.indexOf("}", open + 2);
  const inside = text.slice(open + 2, close);
  if (close === -1 || /[\r\n]/.test(inside)) return faultAt("unclosed-variable", text, open, "is never closed");
  if (inside.includes("{")) return faultAt("nested-variable", text, open, 'holds another "{", which no name may have');
  const name = variableName(inside);
  return name === "" ? faultAt("empty-variable", text, open, "has no name in it") : { name, end: close + 1 };
}

function faultAt(code: TemplateFault["code"], text: string, position: number, what: string): { fault: TemplateFault } {
  const message = `"#{" at ${lineAndCharacter(text, position)} ${what}; write #{name}`;
  return { fault: { code, position, message } };
}

function lineAndCharacter(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n|\r|\n/);
  return `line ${before.length}, character ${(before.at(-1) ?? "").length + 1}`;
}

function faultOfValue(name: string, value: string | null | undefined, allowBlank: boolean): TemplateFault | undefined {
  if (value === undefined || value === null) {
    return {
      code: "missing-value",
      variable: name,
      message: `no value for #{${name}}; add a column or value "${name}"`,
    };
  }
  if (!allowBlank && value.trim() === "") {
    return {
      code: "blank-value",
      variable: name,
      message: `the value for #{${name}} is empty; fill it in or remove the row`,
    };
  }
  return undefined;
}
