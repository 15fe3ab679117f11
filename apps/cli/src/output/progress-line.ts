import { count, lengthOfTime, percent, rate } from "./format.ts";

/** How far something of known size has come. */
export interface ProgressState {
  /** `import`, `sending`, `receipts` */
  label: string;
  done: number;
  /** Null while it is not known. */
  total: number | null;
  /** Per second, lately. */
  perSecond: number;
  /** Per second at most, where there is a limit. */
  limit?: number | null;
  /** Outcomes so far, in order; zeros are left out. */
  outcomes?: readonly (readonly [name: string, count: number])[];
  note?: string;
}

/** `sending ████░░ 1,204/1,996 60% · 98.7/s of 100 · ETA 8s · accepted 1,190 · failed 3` */
export function progressLine(state: ProgressState, { barCells }: { barCells: number }): string {
  const { label, done, total, perSecond, limit, outcomes = [], note } = state;
  const left = total === null ? 0 : Math.max(0, total - done);
  const head = [
    label,
    ...(total === null || barCells < 1 ? [] : [bar(done, total, barCells)]),
    total === null ? count(done) : `${count(done)}/${count(total)} ${percent(done, total)}`,
  ].join(" ");
  const parts = [
    head,
    ...(perSecond > 0 ? [`${rate(perSecond)}/s${limit ? ` of ${rate(limit)}` : ""}`] : []),
    ...(left > 0 && perSecond > 0 ? [`ETA ${lengthOfTime((left / perSecond) * 1_000)}`] : []),
    ...outcomes.filter(([, value]) => value > 0).map(([name, value]) => `${name} ${count(value)}`),
    ...(note ? [note] : []),
  ];
  return parts.join(" · ");
}

function bar(done: number, total: number, cells: number): string {
  const full = total === 0 ? cells : Math.min(cells, Math.floor((done / total) * cells));
  return "█".repeat(full) + "░".repeat(cells - full);
}
