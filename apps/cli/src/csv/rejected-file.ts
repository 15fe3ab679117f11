import { closeSync, openSync, writeSync } from "node:fs";
import { writeCell } from "@hikyaku/core";
import { CliError } from "../cli-error.ts";

export interface RejectedRow {
  line: number;
  cells: readonly string[];
  code: string;
  reason: string;
}

export interface RejectedFile {
  readonly path: string;
  /** Rows written by now. */
  readonly count: number;
  /** @throws CliError when the file can't be written */
  add(row: RejectedRow): void;
  close(): void;
}

/** `customers.csv` → `customers.rejected.csv`. */
export function rejectedPathOf(path: string): string {
  return path.replace(/\.(csv|tsv|txt)$/i, "").concat(".rejected.csv");
}

const bufferLength = 64 * 1024;

/**
 * The rows that were not taken: the columns of the source, then line, code and reason. Written with a byte order mark,
 * without which spreadsheets do not read it as UTF-8. The file appears with its first row. Written in blocks and in
 * step: a source of bad rows only must not pile up in memory.
 */
export function createRejectedFile(path: string, header: readonly string[]): RejectedFile {
  let fd: number | undefined;
  let count = 0;
  let buffer = "";
  const flush = () => {
    if (buffer === "") return;
    try {
      fd ??= openSync(path, "w");
      writeSync(fd, buffer);
    } catch (cause) {
      throw new CliError(`The file of rejected rows ${path} can't be written: ${String(cause)}.`, {
        mend: "Name one that can by --rejected FILE.",
        cause,
      });
    }
    buffer = "";
  };
  return {
    path,
    get count() {
      return count;
    },
    add({ line, cells, code, reason }) {
      if (count === 0) buffer = `\ufeff${rowText([...header, "line", "code", "reason"])}`;
      count += 1;
      // A row of another width must not push line, code and reason out of their columns.
      const own = header.map((_, at) => cells[at] ?? "");
      buffer += rowText([...own, String(line), code, reason, ...cells.slice(header.length)]);
      if (buffer.length > bufferLength) flush();
    },
    close() {
      flush();
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function rowText(cells: readonly string[]): string {
  return `${cells.map(writeCell).join(",")}\r\n`;
}
