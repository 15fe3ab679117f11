import { writeCell } from "@hikyaku/core";

/** What a CSV of ours begins with: the byte order mark by which spreadsheets know UTF-8, and the names of the columns. */
export function csvHead(columns: readonly string[]): string {
  return `\ufeff${columns.join(",")}\r\n`;
}

/** One row with its line end: moments in ISO 8601, what is null as an empty cell, what has parts as JSON. Formulas are defused by `writeCell`. */
export function csvRow<Column extends string>(
  columns: readonly Column[],
  row: { readonly [column in Column]: unknown },
): string {
  return `${columns.map((column) => writeCell(cellOf(row[column]))).join(",")}\r\n`;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
