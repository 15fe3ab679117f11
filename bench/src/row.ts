/** One line of the benchmark's table. */
export interface Row {
  what: string;
  measured: string;
  against: string;
  /** The ratio or count that the bar speaks of, as printed. */
  result: string;
  bar: string;
  reached: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export const perSecond = (value: number): string => `${Math.round(value).toLocaleString("en-US")}/s`;
