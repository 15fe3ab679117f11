import Table from "cli-table3";
import { cutToWidth } from "./display-width.ts";
import type { Paint } from "./terminal.ts";

export interface Column {
  header: string;
  /** Numbers stand right. */
  align?: "left" | "right";
  /** Longer cells are cut. */
  maxWidth?: number;
}

/** Rows under a header, in columns without a frame; ends with a line break. Japanese and Korean keep the columns straight. */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string {
  const table = new Table({
    head: columns.map(({ header }) => header),
    colAligns: columns.map(({ align = "left" }) => align),
    chars: noFrame,
    // Coloured below: the library asks the terminal of this process, not the writer.
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) {
    table.push(row.map((cell, at) => cutToWidth(oneLine(cell), columns[at]?.maxWidth ?? Number.POSITIVE_INFINITY)));
  }
  const [head = "", ...body] = table.toString().split("\n");
  return `${[paint.dim(head.trimEnd()), ...body.map((line) => line.trimEnd())].join("\n")}\n`;
}

/** Names and values below each other, e.g. of one campaign. */
export function drawPairs(pairs: readonly (readonly [name: string, value: string])[], paint: Paint): string {
  const table = new Table({ chars: noFrame, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  for (const [name, value] of pairs) table.push([paint.dim(name), value]);
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ⏎ ");
}

const noFrame = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};
