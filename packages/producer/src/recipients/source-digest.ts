import { createHash } from "node:crypto";

/**
 * The running fingerprint of a source: of each row's recipient and variables exactly as they were given, in order. It does
 * not depend on how rows were grouped, so that a resumed import can compare it at any row.
 */
export interface SourceDigest {
  add(rows: readonly (readonly unknown[] | null)[]): void;
  /** The fingerprint of everything added so far; more may be added afterwards. */
  now(): Buffer;
}

export function createSourceDigest(): SourceDigest {
  const hash = createHash("sha256");
  return {
    add(rows) {
      // One update for many rows: a call costs more than hashing a row.
      let text = "";
      for (const cells of rows) text += `${cells === null ? "!" : cells.map(fingerprint).join("")}\n`;
      hash.update(text);
    },
    now: () => hash.copy().digest(),
  };
}

/** Lengths go before texts, so that no two rows are written alike. */
function fingerprint(cell: unknown): string {
  if (typeof cell === "string") return `${cell.length}:${cell}`;
  if (typeof cell === "number" || typeof cell === "bigint") return fingerprint(String(cell));
  return cell === undefined || cell === null ? "-" : `?${typeof cell}`;
}
