import { type ContentIssue, parseTemplate, type Template } from "@hikyaku/core";

/**
 * The same structure with every text in it replaced by `change(text, path)`; everything else, and texts under a key of `kept`, stay as they
 * are. Paths are written as in issues: `content.buttons[1].linkPc`.
 */
export function mapTexts<T>(
  value: T,
  path: string,
  kept: readonly string[],
  change: (text: string, path: string) => string,
): T {
  if (typeof value === "string") return change(value, path) as T;
  if (Array.isArray(value)) return value.map((each, index) => mapTexts(each, `${path}[${index}]`, kept, change)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    kept.includes(key) ? each : mapTexts(each, `${path}.${key}`, kept, change),
  ]);
  return Object.fromEntries(entries) as T;
}

export interface TextFields<T> {
  /** Names used as `#{name}` in any of the texts, each once, in order of first use. */
  readonly variables: readonly string[];
  /** The structure with the values (in the order of `variables`) in place, or every value that is missing. */
  render(values: readonly string[]): T | { issues: ContentIssue[] };
}

/** Reads every text of a structure as a template, once; faults of all of them at once, each with its path. */
export function compileTexts<T>(
  value: T,
  path: string,
  kept: readonly string[],
): TextFields<T> | { issues: ContentIssue[] } {
  const templates = new Map<string, Template>();
  const issues: ContentIssue[] = [];
  const variables: string[] = [];
  mapTexts(value, path, kept, (text, at) => {
    const template = parseTemplate(text);
    if (template.ok) {
      for (const name of template.variables) if (!variables.includes(name)) variables.push(name);
      if (template.variables.length > 0) templates.set(at, template);
    } else {
      issues.push(
        ...template.faults.map(({ code, message }) => ({ path: at, level: "error" as const, code, message })),
      );
    }
    return text;
  });
  if (issues.length > 0) return { issues };
  return {
    variables,
    render(values) {
      const byName: Record<string, string | undefined> = Object.create(null);
      for (const [index, name] of variables.entries()) byName[name] = values[index];
      const faults = new Map<string, ContentIssue>();
      const rendered = mapTexts(value, path, kept, (text, at) => {
        const result = templates.get(at)?.render(byName);
        if (result === undefined) return text;
        if (result.ok) return result.text;
        // One value may be wanted in several texts; it is missing once.
        for (const { code, message } of result.faults) faults.set(message, { path: at, level: "error", code, message });
        return text;
      });
      return faults.size > 0 ? { issues: [...faults.values()] } : rendered;
    },
  };
}
