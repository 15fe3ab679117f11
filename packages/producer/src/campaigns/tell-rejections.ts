import { recordRejections, type Sql } from "@hikyaku/ledger";
import type { BadRow, GoodRow } from "../recipients/chunk-taker.ts";
import type { Recipient, SourceOptions } from "../request/source-options.ts";

/** Rejections the ledger keeps of a campaign; beyond them it only counts. */
const keptRejections = 10_000;

interface Told<Row extends Recipient> {
  campaignId: string;
  rejections: BadRow<Row>[];
  /** Rejections of earlier chunks. */
  storedBefore: number;
}

/** Keeps the rejections of a chunk as far as there is room, and tells the caller all of them, by line. */
export async function tellRejections<Row extends Recipient>(
  sql: Sql,
  { onRejected, ...told }: Told<Row> & { onRejected: SourceOptions<Row>["onRejected"] },
): Promise<void> {
  await recordSome(sql, told);
  tellOnly(told.rejections, onRejected);
}

export async function recordSome<Row extends Recipient>(
  sql: Sql,
  { campaignId, rejections, storedBefore }: Told<Row>,
): Promise<void> {
  const kept = byLine(rejections).slice(0, Math.max(0, keptRejections - storedBefore));
  if (kept.length > 0) await recordRejections(sql, { campaignId, rejections: kept });
}

export function tellOnly<Row extends Recipient>(
  rejections: readonly BadRow<Row>[],
  onRejected: SourceOptions<Row>["onRejected"],
): void {
  if (!onRejected) return;
  for (const { row, ...rejection } of byLine(rejections)) {
    // Rows are kept where `onRejected` is given, so it is there.
    onRejected({ ...rejection, row: row as Row });
  }
}

/** The rows that were left out because their recipient came before, found by their lines. */
export function duplicatesAt<Row>(lines: readonly number[], rows: readonly GoodRow<Row>[]): BadRow<Row>[] {
  if (lines.length === 0) return [];
  const leftOut = new Set(lines);
  return rows.filter(({ line }) => leftOut.has(line)).map(duplicateOf);
}

export function duplicateOf<Row>({ row, line }: GoodRow<Row>): BadRow<Row> {
  return {
    row,
    line,
    code: "duplicate",
    reason: "an earlier row has the same number; the first one counts, remove this one",
  };
}

function byLine<Row>(rejections: readonly BadRow<Row>[]): BadRow<Row>[] {
  return rejections.toSorted((one, other) => one.line - other.line);
}
