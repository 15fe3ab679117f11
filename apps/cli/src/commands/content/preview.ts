import { writeFile } from "node:fs/promises";
import { join, parse, resolve } from "node:path";
import { previewContent } from "@hikyaku/core";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { readContentFile } from "../../content/content-file.ts";
import { drawIssues } from "../../content/draw-issues.ts";
import { type PreviewValuesOptions, readPreviewValues } from "../../content/preview-values.ts";
import { rulesOfRoute } from "../../content/route-rules.ts";
import { nameAndValue, wholeNumber } from "../../option-values.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

interface PreviewOptions extends GlobalOptions, PreviewValuesOptions {
  route?: string;
  out?: string;
}

export function addPreview(content: Command, cli: Cli): void {
  content
    .command("preview")
    .argument("<file>", "content in YAML or JSON, as --content-file takes it")
    .option("-r, --route <name>", "route that would send it (default: the only one there is)")
    .option("--var <name=value>", "a value for #{name}; as often as there are", nameAndValue)
    .option("--recipients <file>", "the values from a row of this CSV instead")
    .option("--line <number>", "which line of it (default: its first row)", wholeNumber(2))
    .option("--to-column <header>", "column with the numbers (default: to, phone, 電話番号, 전화번호 …)")
    .option("--encoding <name>", "encoding of the CSV (default: recognised)")
    .option("-o, --out <file>", "the page (default: FILE.preview.html beside the content)")
    .description("draw a content as a phone shows it, as an HTML page to be opened in a browser")
    .action(
      cli.action(async (file: string, _own, command: Command) => {
        const options = command.optsWithGlobals<PreviewOptions>();
        const { content: said, lineOf } = await readContentFile(file, { cwd: cli.cwd, label: "" });
        const { route, rules } = await rulesOfRoute(cli, options);
        const values = await readPreviewValues(options, cli.cwd);
        const preview = previewContent(rules, said, (name) => values.get(name));
        const { err, errPaint } = cli.terminal;
        if (!preview.ok) {
          err.write(drawIssues(preview.issues, { file, lineOf }, errPaint));
          throw new CliError(`${file} can't be shown.`, { mend: "Mend the errors above." });
        }
        const { page, text, segments, warnings } = preview;
        if (page === null) {
          throw new CliError(`The carrier of route ${route} has no page for its messages.`, {
            mend: `Read the text by \`hikyaku campaign send FILE.csv --route ${route} --content-file ${file} --dry-run\`.`,
          });
        }
        const out = resolve(cli.cwd, options.out ?? pageBeside(file));
        await writePage(out, page);
        err.write(drawIssues(warnings, { file, lineOf }, errPaint));
        printResult(cli, options, { file, route, page: out, text, segments, warnings }, () =>
          [`${text.replace(/^/gm, "  ")}`, "", `${counted(segments, "billable part")}. Open it: ${out}`, ""].join("\n"),
        );
        return 0;
      }),
    );
}

function pageBeside(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}.preview.html`);
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (cause) {
    throw new CliError(`--out: ${path} can't be written: ${String(cause)}.`, { mend: "Name another file.", cause });
  }
}
