import * as z from "zod";
import type { RejectedRow } from "../recipients/rejected-row.ts";
import { abortSignal, callback } from "./read-fields.ts";

/** One recipient. Its other fields are the values of the content's variables; fields that no variable names are ignored. */
export interface Recipient {
  /** A phone number in any usual spelling. */
  readonly to: string | number | bigint | null | undefined;
  /** When the recipient agreed to advertising; kept with advertising, a month beyond the last one. ISO 8601, or `2026/4/1 9:30`. */
  readonly consent_at?: Date | string | null | undefined;
  /** How, e.g. `web form 2026-04`. */
  readonly consent_source?: string | null | undefined;
}

/** Recipients, and what happens with their rows. */
export interface SourceOptions<Row extends Recipient> {
  /**
   * Any iterable, async iterable or object-mode stream of `{ to, ...variables }`. It is read once, row by row, no faster than
   * it is stored, and may be of any length. To be able to resume, the same source must give the same rows in the same order.
   */
  recipients: Iterable<Row> | AsyncIterable<Row>;
  /** The number by which people find a row again, e.g. its line in a file. Default: 1 for the first recipient. */
  lineOf?: (row: Row, index: number) => number;
  /** Takes no row at all when one of them is bad or a duplicate. Default false: bad rows are left out and told. */
  strict?: boolean;
  /** Stops the import; what is in stays, and the same call resumes it. */
  signal?: AbortSignal;
  /** Called after every chunk. */
  onProgress?: (progress: ImportProgress) => void;
  /** Called for every row that does not become a message, in order, also for those of an import that is resumed. */
  onRejected?: (rejection: RejectedRow & { row: Row }) => void;
}

/** How far an import is. */
export interface ImportProgress {
  /** Rows of the source taken so far, good and bad. */
  rows: number;
  /** Of those, rows that an earlier call had taken. */
  resumedRows: number;
  rejected: number;
  duplicates: number;
}

/** The fields, for schemas that have more of them. */
export const sourceFields = {
  recipients: z.custom<Iterable<never> | AsyncIterable<never>>(
    (value) =>
      typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value),
    "an iterable, async iterable or stream of { to, … }",
  ),
  lineOf: callback.optional(),
  strict: z.boolean("true or false").optional(),
  signal: abortSignal.optional(),
  onProgress: callback.optional(),
  onRejected: callback.optional(),
};
