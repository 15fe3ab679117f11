import { type Info, type Parser, parse } from "csv-parse";

export interface CsvRow {
  /** 1-based line of the file on which the row begins. */
  line: number;
  cells: string[];
  /** Set when its quotation marks don't tell where it ends; `cells` then holds its first line as it stands. */
  fault?: { code: "quotes"; reason: string };
}

/** In a longer row, a quote was never closed. */
const longestRow = 64 * 1024;

/**
 * Reads CSV rows from pieces of text, a block of rows for each piece: quoted line breaks, any line ending. Blank lines are
 * passed over. A stray quote spoils its own line only, and reading goes on with the next: taken literally or for the start
 * of a long cell, it would make the recipients below it vanish without a word.
 *
 * Lines are counted here, because csv-parse counts a CRLF inside quotes twice.
 */
export async function* readRows(
  chunks: AsyncIterable<string>,
  { delimiter }: { delimiter: string },
): AsyncGenerator<CsvRow[]> {
  let reader = startReader(delimiter);
  let line = 1;
  const take = (): CsvRow[] => {
    const block: CsvRow[] = [];
    for (const cells of reader.rows.splice(0)) {
      if (cells.length > 1 || cells[0] !== "") block.push({ line, cells });
      line += 1;
      for (const cell of cells) if (cell.includes("\n") || cell.includes("\r")) line += lineBreaks(cell);
    }
    return block;
  };

  const passOverFault = async function* (): AsyncGenerator<CsvRow[]> {
    for (let isOk = false; !isOk; ) {
      const { first, rest } = splitLine(reader.unread());
      yield [{ line, cells: [first], fault: strayQuote }];
      line += 1;
      reader = startReader(delimiter);
      isOk = await reader.write(rest);
      yield take();
    }
  };

  for await (const chunk of chunks) {
    const isOk = await reader.write(chunk);
    yield take();
    if (!isOk) yield* passOverFault();
  }
  for (let isOk = false; !isOk; ) {
    isOk = await reader.end();
    yield take();
    if (!isOk) yield* passOverFault();
  }
}

const strayQuote = {
  code: "quotes",
  reason:
    'a quotation mark (") stands inside a cell, or opens one that is never closed; remove it, or quote the whole cell and double the mark',
} as const;

interface Reader {
  rows: string[][];
  /** False when the row in hand can't be read. */
  write(text: string): Promise<boolean>;
  end(): Promise<boolean>;
  /** What was written and did not become a row. */
  unread(): string;
}

function startReader(delimiter: string): Reader {
  const rows: string[][] = [];
  /** Written since the last row that is certain, and where in the parser's count of bytes it begins. */
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = 0;
  let consumed = 0;
  const parser: Parser = parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    max_record_size: longestRow,
    on_record: (cells: string[], { bytes }: Info) => {
      rows.push(cells);
      consumed = bytes;
      return null;
    },
  });
  parser.resume();
  const ended = new Promise<boolean>((resolve) => {
    parser.once("error", () => resolve(false));
    parser.once("end", () => resolve(true));
  });
  return {
    rows,
    async write(text) {
      const bytes = Buffer.from(text);
      held = Buffer.concat([held.subarray(consumed - heldFrom), bytes]);
      heldFrom = consumed;
      return await new Promise((resolve) => parser.write(bytes, (error) => resolve(!error)));
    },
    async end() {
      parser.end();
      return await ended;
    },
    unread: () => held.toString("utf8", consumed - heldFrom),
  };
}

function splitLine(text: string): { first: string; rest: string } {
  const end = /\r\n|\n|\r/.exec(text);
  if (end === null) return { first: text, rest: "" };
  return { first: text.slice(0, end.index), rest: text.slice(end.index + end[0].length) };
}

function lineBreaks(cell: string): number {
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}
