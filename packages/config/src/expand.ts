import type { Path } from "./yaml-source.ts";

export interface ExpandFault {
  path: Path;
  found: string;
  expected: string;
  mend: string;
}

export interface Expanded {
  value: unknown;
  /** Paths (joined by `\0`) whose value came from the environment, with the text as it stands in the file. */
  fromEnvironment: Map<string, string>;
  faults: ExpandFault[];
}

export interface HiddenVariables {
  text: string;
  /** What stood in place of each mark. */
  sources: string[];
}

// `$${` first, so that an escaped brace is never taken for a variable.
const token = /\$\$\{|\$\{[^}\n]*\}/g;
const mark = /\uE000(\d+)\uE001/g;
const variable = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\}$/;

/**
 * Puts a mark in place of every `${…}` before YAML sees it: inside `{ user: ${NAME} }` a brace would end the mapping.
 * The marks are plain characters, so lines stay where they are and a marked value is a text.
 */
export function hideVariables(text: string): HiddenVariables {
  const sources: string[] = [];
  return { text: text.replace(token, (source) => `\uE000${sources.push(source) - 1}\uE001`), sources };
}

/**
 * Replaces the marks in every key and text value, at any depth. `${NAME:-text}` gives `text` when NAME is unset or empty,
 * `$${` a literal `${`. A variable that is not set is a fault; an empty one is taken as it is. Keys are not expanded.
 */
export function expandVariables(
  root: unknown,
  sources: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Expanded {
  const fromEnvironment = new Map<string, string>();
  const faults: ExpandFault[] = [];
  const asWritten = (text: string) => text.replace(mark, (_, index: string) => sources[Number(index)] ?? "");

  const expandText = (text: string, path: Path): string => {
    let touched = false;
    const expanded = text.replace(mark, (_, index: string) => {
      const source = sources[Number(index)] ?? "";
      if (source === "$${") return "${";
      touched = true;
      const answer = lookUp(source, env);
      if (typeof answer === "string") return answer;
      faults.push({ path, ...answer });
      return "";
    });
    // A default may be the secret itself, so what is shown later leaves it out.
    if (touched) fromEnvironment.set(path.join("\0"), asWritten(text).replace(/:-[^}\n]*\}/g, ":-…}"));
    return expanded;
  };

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") return value.includes("\uE000") ? expandText(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [asWritten(key), walk(item, [...path, asWritten(key)])]),
      );
    }
    return value;
  };

  return { value: walk(root, []), fromEnvironment, faults };
}

function lookUp(source: string, env: Readonly<Record<string, string | undefined>>): string | Omit<ExpandFault, "path"> {
  const [, name, fallback] = variable.exec(source) ?? [];
  if (name === undefined) {
    return {
      found: `${source}, which names no variable`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the configuration writes a variable
      expected: "${NAME} or ${NAME:-default}",
      mend: "Use letters, digits and _ only, or write $${ for a literal ${",
    };
  }
  const value = env[name];
  if (fallback !== undefined && (value === undefined || value === "")) return fallback;
  if (value !== undefined) return value;
  return {
    found: `${source}, which is not set`,
    expected: `the environment variable ${name}`,
    mend: `Set ${name}, give a default by \${${name}:-…}, or write $\${ for a literal \${`,
  };
}
