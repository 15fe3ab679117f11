import { resolve } from "node:path";
import { variableName } from "@hikyaku/core";
import { CliError } from "../cli-error.ts";
import { openRecipientFile, type RecipientFileOptions, rowSource } from "../csv/recipient-file.ts";

export interface PreviewValuesOptions extends RecipientFileOptions {
  var?: Record<string, string>;
  recipients?: string;
  line?: number;
}

/**
 * The values a preview is filled with: a row of a CSV, with what was given by hand in its place.
 * @throws CliError when the row is not there or can't be read
 */
export async function readPreviewValues(options: PreviewValuesOptions, cwd: string): Promise<Map<string, string>> {
  const given = Object.entries(options.var ?? {}).map(([name, value]) => [variableName(name), value] as const);
  if (options.recipients !== undefined) {
    return new Map([...(await readRow(resolve(cwd, options.recipients), options)), ...given]);
  }
  if (options.line === undefined) return new Map(given);
  throw new CliError("--line names a row of a CSV, and there is none.", { mend: "Give --recipients.", exitCode: 2 });
}

async function readRow(path: string, options: PreviewValuesOptions): Promise<[string, string][]> {
  const file = await openRecipientFile(path, options);
  try {
    for await (const row of file.rows) {
      const { line, fault } = row[rowSource];
      if (options.line !== undefined && line < options.line) continue;
      if (options.line !== undefined && line > options.line) break;
      if (fault) throw new CliError(`${path}, line ${line}: ${fault.reason}.`, { exitCode: 2 });
      return Object.entries(row).filter((entry): entry is [string, string] => entry[1] !== undefined);
    }
  } finally {
    file.close();
  }
  throw new CliError(
    options.line === undefined ? `${path} has no rows.` : `${path}: no row begins on line ${options.line}.`,
    { mend: "Name a line that has a recipient; the header is line 1.", exitCode: 2 },
  );
}
