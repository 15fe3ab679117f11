import { CliError } from "../cli-error.ts";
import { readContentFile, readUtf8File } from "../content/content-file.ts";
import type { ContentOptions } from "./campaign-options.ts";

/** What a message says, as the producer takes it: a plain text, or the content of a route's carrier. */
export type Said = ({ text: string } | { content: Readonly<Record<string, unknown>> }) & {
  /** What is said when that does not arrive, where it comes from a file. */
  fallbackContent?: Readonly<Record<string, unknown>>;
};

type SaidOptions = Pick<ContentOptions, "text" | "textFile" | "contentFile" | "fallbackContentFile">;

/** @throws CliError when nothing is said, or twice, or a file can't be read */
export async function readSaid(options: SaidOptions, cwd: string): Promise<Said> {
  return { ...(await readFirst(options, cwd)), ...(await readFallbackContent(options, cwd)) };
}

export async function readFallbackContent(
  { fallbackContentFile: file }: Pick<SaidOptions, "fallbackContentFile">,
  cwd: string,
): Promise<Pick<Said, "fallbackContent">> {
  if (file === undefined) return {};
  const { content } = await readContentFile(file, { cwd, label: "--fallback-content-file" });
  return { fallbackContent: content };
}

async function readFirst({ text, textFile, contentFile }: SaidOptions, cwd: string): Promise<Said> {
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
  if (textFile !== undefined) {
    return { text: (await readUtf8File(textFile, { cwd, label: "--text-file" })).replace(/\r?\n$/, "") };
  }
  if (contentFile !== undefined) {
    const { content } = await readContentFile(contentFile, { cwd, label: "--content-file" });
    return { content };
  }
  throw new CliError("There is no text to send.", {
    mend: 'Give --text "…#{name}…", --text-file FILE, or --content-file FILE.',
    exitCode: 2,
  });
}

/** The same said gives the same line, another another: for keys made from it. */
export function lineOfSaid(said: Said): string {
  const { fallbackContent: _, ...first } = said;
  return "text" in first ? first.text : JSON.stringify(first.content);
}
