import type { Consent } from "@hikyaku/core";
import { type RecipientReader, rowsPerRead } from "./recipient-reader.ts";
import type { RejectedRow } from "./rejected-row.ts";
import { cellsOf, consentCellsOf } from "./row-cells.ts";
import type { RowChecker } from "./row-checker.ts";
import { createSourceDigest } from "./source-digest.ts";

/** A row that becomes a message. */
export interface GoodRow<Row> {
  line: number;
  recipient: string;
  vars: readonly string[];
  segments: number;
  /** What is recorded of the recipient's consent, where that is looked at. */
  consent: Consent | null;
  /** The row of the source; only kept where somebody wants to hear of duplicates, as it is most of a chunk's memory. */
  row: Row | undefined;
}

export type BadRow<Row> = RejectedRow & { row: Row | undefined };

/** Consecutive rows of a source, checked. */
export interface Chunk<Row> {
  good: GoodRow<Row>[];
  bad: BadRow<Row>[];
  /** Rows of the source up to the chunk's end, good and bad. */
  end: number;
  /** The source's fingerprint at the chunk's end. */
  digest: Buffer;
}

/** Reads a source from its beginning, row by row, and knows how far it is. */
export interface ChunkTaker<Row> {
  /** The next `count` rows, fewer at the end; null when there are none left. */
  take(count: number): Promise<Chunk<Row> | null>;
  /** Passes over `count` rows, which only enter the fingerprint. */
  skip(count: number): Promise<void>;
  /** Rows taken and skipped so far. */
  position(): number;
  digest(): Buffer;
}

export interface ChunkTakerOptions<Row> {
  reader: RecipientReader<Row>;
  variables: readonly string[];
  /** Whether the rows' consent columns are looked at. */
  readsConsent: boolean;
  check: RowChecker;
  lineOf: ((row: Row, index: number) => number) | undefined;
  /** Whether the rows of the source are kept. */
  keepRows: boolean;
}

export function createChunkTaker<Row>(options: ChunkTakerOptions<Row>): ChunkTaker<Row> {
  const { reader, variables, readsConsent, check, lineOf, keepRows } = options;
  const digest = createSourceDigest();
  let position = 0;

  async function read(count: number) {
    const rows = await reader.read(Math.min(count, rowsPerRead));
    const cells = rows.map((row) => cellsOf(row, variables));
    if (readsConsent) for (const [index, row] of rows.entries()) cells[index]?.push(...consentCellsOf(row));
    digest.add(cells);
    return { rows, cells };
  }

  return {
    async take(count) {
      const good: GoodRow<Row>[] = [];
      const bad: BadRow<Row>[] = [];
      const end = position + count;
      const start = position;
      while (position < end) {
        const { rows, cells } = await read(end - position);
        if (rows.length === 0) break;
        for (const [index, row] of rows.entries()) {
          const line = lineOf ? checkLine(lineOf(row, ++position)) : ++position;
          const checked = check(cells[index] ?? null, line);
          const kept = keepRows ? row : undefined;
          if (checked.ok) {
            const { recipient, vars, segments, consent = null } = checked;
            good.push({ line, recipient, vars, segments, consent, row: kept });
          } else {
            bad.push({ line, code: checked.code, reason: checked.reason, row: kept });
          }
        }
      }
      return position === start ? null : { good, bad, end: position, digest: digest.now() };
    },
    async skip(count) {
      const end = position + count;
      while (position < end) {
        const { rows } = await read(end - position);
        if (rows.length === 0) return;
        position += rows.length;
      }
    },
    position: () => position,
    digest: () => digest.now(),
  };
}

function checkLine(line: number): number {
  if (Number.isInteger(line) && line >= 0 && line <= 0x7fff_ffff) return line;
  throw new TypeError(`lineOf: answered ${line}; it must be a whole number from 0 to ${0x7fff_ffff}`);
}
