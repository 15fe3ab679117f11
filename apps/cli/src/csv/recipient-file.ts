import { createReadStream } from "node:fs";
import { variableName } from "@hikyaku/core";
import { CliError } from "../cli-error.ts";
import { type ConsentColumns, consentColumns } from "./consent-columns.ts";
import { decodeText } from "./decode-text.ts";
import { type CsvRow, readRows } from "./read-rows.ts";
import { recipientColumn } from "./recipient-column.ts";
import { knownEncoding } from "./text-encoding.ts";

/** Where a row stands in the file, and what it says there. No column can have this name. */
export const rowSource = Symbol("row of the file");

export interface RowSource {
  /** 1-based line of the file. */
  line: number;
  /** As the file has them, for the file of rejected rows. */
  cells: readonly string[];
  /** Set when the row can't be read as the header promises; it then has no recipient. */
  fault?: { code: string; reason: string };
}

/** `to`, `consent_at` and `consent_source` where the file has them, and every column by its header. */
export interface RecipientRow {
  readonly to: string | undefined;
  readonly [variable: string]: string | undefined;
  readonly [rowSource]: RowSource;
}

export interface RecipientFile {
  /** Headers as the file has them. */
  header: string[];
  /** Which of them holds the recipient. */
  recipientHeader: string;
  /** Names of all columns, as templates use them. */
  variables: string[];
  /** The rows, once, in order. Bad ones are among them and never end it. */
  rows: AsyncIterable<RecipientRow>;
  /** Known when the rows have been read. */
  readonly encoding: string;
  /** How far the file has been read. */
  readonly bytesRead: number;
  close(): void;
}

export interface RecipientFileOptions {
  /** Header of the column with the numbers, where it is not one of the usual names. */
  toColumn?: string | undefined;
  /** Any name iconv-lite knows; recognised when left out. */
  encoding?: string | undefined;
}

/**
 * Opens a CSV file of recipients and reads its header row. Comma, semicolon or tab, whatever the header uses.
 * @throws CliError when the file can't be read or its header does not do
 */
export async function openRecipientFile(path: string, options: RecipientFileOptions = {}): Promise<RecipientFile> {
  const encoding = options.encoding === undefined ? undefined : (knownEncoding(options.encoding) ?? undefined);
  if (options.encoding !== undefined && encoding === undefined) {
    throw new CliError(`--encoding: "${options.encoding}" is not an encoding.`, {
      mend: "Use e.g. utf-8, shift_jis or euc-kr, or leave it out to have it recognised.",
      exitCode: 2,
    });
  }
  const stream = createReadStream(path, { highWaterMark: 64 * 1024 });
  const text = decodeText(readable(stream, path), encoding);
  const chunks = text.chunks[Symbol.asyncIterator]();
  try {
    const start = await readUntilLineEnd(chunks);
    const blocks = readRows(startingWith(start, chunks), { delimiter: delimiterOf(start) });
    const { header, rest } = await headerOf(blocks);
    const names = namesOf(header, path);
    const column = recipientColumn(header, options.toColumn, path);
    return {
      header,
      recipientHeader: header[column] ?? "",
      variables: names.filter((name) => name !== ""),
      rows: recipients(rest, blocks, {
        ...{ names, column, consents: consentColumns(header), encoding: () => text.encoding },
      }),
      get encoding() {
        return text.encoding;
      },
      get bytesRead() {
        return stream.bytesRead;
      },
      close: () => void stream.destroy(),
    };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

async function headerOf(blocks: AsyncIterator<CsvRow[]>): Promise<{ header: string[]; rest: CsvRow[] }> {
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const [first, ...rest] = next.value;
    if (first !== undefined) return { header: first.cells, rest };
  }
  return { header: [], rest: [] };
}

interface Columns {
  names: readonly string[];
  /** Which of them holds the recipient. */
  column: number;
  consents: ConsentColumns;
  encoding: () => string;
}

async function* recipients(
  first: readonly CsvRow[],
  blocks: AsyncIterable<CsvRow[]>,
  columns: Columns,
): AsyncGenerator<RecipientRow> {
  for (const row of first) yield toRecipient(row, columns);
  for await (const block of blocks) for (const row of block) yield toRecipient(row, columns);
}

function toRecipient({ line, cells, fault: found }: CsvRow, columns: Columns): RecipientRow {
  const { names, column, consents, encoding } = columns;
  const fault = found ?? faultOf(cells, names.length, encoding);
  if (fault !== undefined) return { to: undefined, [rowSource]: { line, cells, fault } };
  const row: Record<string | symbol, unknown> = {};
  for (let at = 0; at < cells.length; at++) row[names[at] ?? ""] = cells[at];
  row.to = cells[column];
  if (consents.consent_at !== undefined) row.consent_at = cells[consents.consent_at];
  if (consents.consent_source !== undefined) row.consent_source = cells[consents.consent_source];
  row[rowSource] = { line, cells };
  return row as unknown as RecipientRow;
}

function faultOf(cells: readonly string[], width: number, encoding: () => string): RowSource["fault"] {
  if (cells.length !== width) {
    const mend = "add or remove cells, or quote a cell that holds a comma";
    return { code: "column-count", reason: `the row has ${cells.length} cells, the header ${width}; ${mend}` };
  }
  if (cells.some((cell) => cell.includes("\ufffd"))) {
    const mend = "mend it, or name the file's encoding by --encoding";
    return { code: "encoding", reason: `a character can't be read as ${encoding()}; ${mend}` };
  }
  return undefined;
}

/** Headers in the form templates use; a column without header is kept for the rejected rows and is no variable. */
function namesOf(header: readonly string[], path: string): string[] {
  if (header.every((cell) => cell.trim() === "")) {
    throw new CliError(`${path}: the file has no header row.`, {
      mend: "Put the names of the columns on its first line, e.g. to,name,shop.",
    });
  }
  const names = header.map(variableName);
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new CliError(`${path}: two columns are called "${twice}".`, { mend: "Give each column a name of its own." });
  }
  return names;
}

async function* readable(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code;
    throw new CliError(`${path} can't be read: ${why}.`, { mend: "Name a CSV file.", cause });
  }
}

/** Enough text to see the header row in full; a header's quoted line break is no hindrance for finding the delimiter. */
async function readUntilLineEnd(chunks: AsyncIterator<string>): Promise<string> {
  let text = "";
  while (!/[\r\n]/.test(text)) {
    const next = await chunks.next();
    if (next.done) return text;
    text += next.value;
  }
  return text;
}

async function* startingWith(start: string, chunks: AsyncIterator<string>): AsyncGenerator<string> {
  yield start;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

/** The one of comma, semicolon and tab that the first line uses most, outside of quotes. */
function delimiterOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0].replace(/"[^"]*"/g, "") ?? "";
  const count = (delimiter: string) => line.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
