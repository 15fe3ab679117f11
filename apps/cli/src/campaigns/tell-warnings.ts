import type { ImportWarning } from "@hikyaku/producer";
import { counted } from "../output/format.ts";
import type { Terminal } from "../output/terminal.ts";

/** What does not keep anything from being sent, but should be known before. */
export function tellWarnings({ err, errPaint }: Terminal, warnings: readonly ImportWarning[]): void {
  for (const { message, rows, firstLine } of warnings) {
    const where = rows === 0 || firstLine === null ? "" : ` (${counted(rows, "row")}, first on line ${firstLine})`;
    err.write(`${errPaint.yellow("warning:")} ${message}${where}\n`);
  }
}
