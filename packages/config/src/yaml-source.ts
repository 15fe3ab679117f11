import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";

export type Path = readonly (string | number)[];

/** A parsed YAML text that remembers where each value stands. */
export interface YamlSource {
  value: unknown;
  /** The first thing that isn't YAML; what follows it is mostly its echo. */
  fault: { line: number | null; message: string } | null;
  /** Line of the value at `path`, else of the nearest thing above it. */
  lineOf(path: Path): number | null;
}

/** Reads one YAML 1.2 document. Messages never quote the text, which may hold secrets. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const [error] = document.errors;
  // yaml's messages may quote the text; the code says what is wrong without it.
  let fault =
    error === undefined
      ? null
      : { line: lines.linePos(error.pos[0]).line, message: error.code.toLowerCase().replaceAll("_", " ") };
  let value: unknown = null;
  if (fault === null) {
    try {
      value = document.toJS();
    } catch {
      fault = { line: 1, message: "unresolved or too many aliases" };
    }
  }
  return {
    value: value ?? {},
    fault,
    lineOf: (path) => {
      const offset = offsetOf(document.contents, path);
      return offset === null ? null : lines.linePos(offset).line;
    },
  };
}

function offsetOf(root: Node | null, path: Path): number | null {
  let node: Node | null = root;
  let offset = root?.range?.[0] ?? null;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = isNode(pair.value) ? pair.value : null;
    } else if (node !== null && "items" in node && typeof step === "number") {
      const item: unknown = (node.items as unknown[])[step];
      node = isNode(item) ? item : null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
