import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import { CliError } from "../cli-error.ts";
import type { ContentOptions } from "./campaign-options.ts";

/** What a message says, as the producer takes it: a plain text, or the content of a route's carrier. */
export type Said = { text: string } | { content: Readonly<Record<string, unknown>> };

type SaidOptions = Pick<ContentOptions, "text" | "textFile" | "contentFile">;

/** @throws CliError when nothing is said, or twice, or a file can't be read */
export async function readSaid({ text, textFile, contentFile }: SaidOptions, cwd: string): Promise<Said> {
  const given = [
    ...(text === undefined ? [] : ["--text"]),
    ...(textFile === undefined ? [] : ["--text-file"]),
    ...(contentFile === undefined ? [] : ["--content-file"]),
  ];
  if (given.length > 1) {
    throw new CliError(`${given.join(" and ")} are both given.`, { mend: "Keep one of them.", exitCode: 2 });
  }
  if (text !== undefined) return { text };
  // A line break at the end is the editor's, not the writer's.
  if (textFile !== undefined) return { text: (await readUtf8("--text-file", textFile, cwd)).replace(/\r?\n$/, "") };
  if (contentFile !== undefined)
    return { content: contentIn(await readUtf8("--content-file", contentFile, cwd), contentFile) };
  throw new CliError("There is no text to send.", {
    mend: 'Give --text "…#{name}…", --text-file FILE, or --content-file FILE.',
    exitCode: 2,
  });
}

/** The same said gives the same line, another another: for keys made from it. */
export function lineOfSaid(said: Said): string {
  return "text" in said ? said.text : JSON.stringify(said.content);
}

async function readUtf8(option: string, file: string, cwd: string): Promise<string> {
  try {
    return (await readFile(resolve(cwd, file), "utf8")).replace(/^\ufeff/, "");
  } catch (cause) {
    throw new CliError(`${option}: ${file} can't be read: ${String(cause)}.`, {
      mend: "Name a UTF-8 file.",
      exitCode: 2,
      cause,
    });
  }
}

function contentIn(yaml: string, file: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parse(yaml);
  } catch (cause) {
    throw new CliError(`--content-file: ${file} is neither YAML nor JSON: ${(cause as Error).message}`, {
      mend: "Correct it at this place.",
      exitCode: 2,
      cause,
    });
  }
  if (typeof content === "object" && content !== null && !Array.isArray(content)) {
    return content as Readonly<Record<string, unknown>>;
  }
  throw new CliError(`--content-file: ${file} holds no content.`, {
    mend: "Write a mapping, e.g. text: …; docs/content.md has what it may hold.",
    exitCode: 2,
  });
}
