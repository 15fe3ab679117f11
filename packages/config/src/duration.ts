import * as z from "zod";

declare const inMilliseconds: unique symbol;
/** A duration read from the file. {@link section} renames its key to end in `Ms`. */
export type DurationMs = number & { readonly [inMilliseconds]: true };

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

function parseDuration(text: string): number | null {
  const [, amount, unit] = pattern.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
}

/** `5m`, `300s`, `1500ms`, `72h`, `90d`; stored as milliseconds. A bare number is refused: its unit would be a guess. */
export function duration(options: { atLeast?: string; atMost?: string } = {}): z.ZodType<DurationMs, string> {
  const min = options.atLeast === undefined ? 0 : (parseDuration(options.atLeast) ?? 0);
  const max = options.atMost === undefined ? Number.MAX_SAFE_INTEGER : (parseDuration(options.atMost) ?? 0);
  const range = [
    options.atLeast === undefined ? "" : `, at least ${options.atLeast}`,
    options.atMost === undefined ? "" : `, at most ${options.atMost}`,
  ].join("");
  return z
    .string()
    .transform((text, context): DurationMs => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= min && ms <= max) return ms as DurationMs;
      context.addIssue({ code: "custom", message: "not a duration in range", input: text });
      return z.NEVER;
    })
    .meta({ expected: `a duration such as 500ms, 300s, 5m or 72h${range}`, type: "duration" });
}
