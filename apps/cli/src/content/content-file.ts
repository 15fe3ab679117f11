import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isMap, isSeq, LineCounter, type Pair, type ParsedNode, parseDocument } from "yaml";
import { CliError } from "../cli-error.ts";

export interface ContentFile {
  /** As a campaign or a message takes it. */
  content: Readonly<Record<string, unknown>>;
  /** Line, from 1, of what stands at a path such as `content.carousel[2].media`, or of the nearest thing above it that is there. */
  lineOf(path: string): number | null;
}

/**
 * A content from a YAML or JSON file.
 * @param label the option that named the file, for errors; empty where it is the command's own argument
 * @throws CliError when it can't be read, or holds no content
 */
export async function readContentFile(
  file: string,
  { cwd, label }: { cwd: string; label: string },
): Promise<ContentFile> {
  const text = await readUtf8File(file, { cwd, label });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const before = label === "" ? "" : `${label}: `;
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw new CliError(`${before}${file} is neither YAML nor JSON: ${fault.message}`, {
      mend: "Correct it at this place.",
      exitCode: 2,
      cause: fault,
    });
  }
  const content: unknown = document.toJS();
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new CliError(`${before}${file} holds no content.`, {
      mend: "Write a mapping, e.g. text: …; docs/content.md has what it may hold.",
      exitCode: 2,
    });
  }
  return {
    content: content as Readonly<Record<string, unknown>>,
    lineOf(path) {
      const [root = "", ...steps] = path.split(/[.[\]]+/).filter((step) => step !== "");
      if (root !== "content" || document.contents === null) return null;
      return lines.linePos(offsetOf(document.contents, steps)).line;
    },
  };
}

/** @throws CliError when it can't be read */
export async function readUtf8File(file: string, { cwd, label }: { cwd: string; label: string }): Promise<string> {
  try {
    return (await readFile(resolve(cwd, file), "utf8")).replace(/^\ufeff/, "");
  } catch (cause) {
    throw new CliError(`${label === "" ? "" : `${label}: `}${file} can't be read: ${String(cause)}.`, {
      mend: "Name a UTF-8 file.",
      exitCode: 2,
      cause,
    });
  }
}

/** Where the last step that is there begins: at its name in a mapping, at its beginning in a list. */
function offsetOf(root: ParsedNode, steps: readonly string[]): number {
  let node: ParsedNode | null = root;
  let [offset] = root.range;
  for (const step of steps) {
    const above: ParsedNode | null = node;
    if (isMap<ParsedNode, ParsedNode | null>(above)) {
      const pair: Pair<ParsedNode, ParsedNode | null> | undefined = above.items.find(({ key }) => String(key) === step);
      if (pair === undefined) break;
      [offset] = pair.key.range;
      node = pair.value;
    } else if (isSeq<ParsedNode>(above)) {
      const item: ParsedNode | undefined = above.items[Number(step)];
      if (item === undefined) break;
      [offset] = item.range;
      node = item;
    } else break;
  }
  return offset;
}
