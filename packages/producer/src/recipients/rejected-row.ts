/** A row of the source that does not become a message. Holds no phone number. */
export interface RejectedRow {
  /** As `lineOf` counts; without it, 1 is the first recipient of the source. */
  line: number;
  /** Countable, e.g. `missing-value`, `not-mobile`, `duplicate`. */
  code: string;
  /** What is wrong, and the mend. */
  reason: string;
}
