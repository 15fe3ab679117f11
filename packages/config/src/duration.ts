import { parseDuration } from "@hikyaku/core";
import * as z from "zod";

declare const inMilliseconds: unique symbol;
/** A duration read from the file. {@link section} renames its key to end in `Ms`. */
export type DurationMs = number & { readonly [inMilliseconds]: true };

/** `5m`, `300s`, `1500ms`, `72h`, `90d`; stored as milliseconds. A bare number is refused: its unit would be a guess. */
export function duration(range: { atLeast?: string; atMost?: string } = {}): z.ZodType<DurationMs, string> {
  const min = limitMs(range.atLeast, 0);
  const max = limitMs(range.atMost, Number.MAX_SAFE_INTEGER);
  const words = [
    "a duration such as 500ms, 300s, 5m or 72h",
    range.atLeast === undefined ? "" : `, at least ${range.atLeast}`,
    range.atMost === undefined ? "" : `, at most ${range.atMost}`,
  ];
  return z
    .string()
    .transform((text, context): DurationMs => {
      const read = parseDuration(text);
      if (read.ok && read.ms >= min && read.ms <= max) return read.ms as DurationMs;
      context.addIssue({ code: "custom", message: read.ok ? "out of range" : read.reason, input: text });
      return z.NEVER;
    })
    .meta({ expected: words.join(""), type: "duration" });
}

function limitMs(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const read = parseDuration(text);
  if (!read.ok) throw new RangeError(read.reason);
  return read.ms;
}
