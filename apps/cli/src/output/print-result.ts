import type { GlobalOptions, World } from "../cli.ts";
import type { Paint } from "./terminal.ts";

/** Prints what a command came to: as JSON where that is asked for, else as the text for people. */
export function printResult(
  { terminal }: World,
  { json }: GlobalOptions,
  result: unknown,
  text: (paint: Paint) => string,
): void {
  terminal.out.write(json ? `${JSON.stringify(result, null, 2)}\n` : text(terminal.outPaint));
}
