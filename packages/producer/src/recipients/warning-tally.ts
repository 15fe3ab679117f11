/** A fault that does not keep a row from being sent, told once for all rows that have it. */
export interface ImportWarning {
  code: string;
  /** As said of the first row; where it names a position, that row's. */
  message: string;
  /** How many rows have it; 0 when it is about the content itself. */
  rows: number;
  /** The first of them; null when it is about the content itself. */
  firstLine: number | null;
}

export interface WarningTally {
  note(code: string, message: string, line: number): void;
  list(): ImportWarning[];
}

/** @param ofContent warnings about the content itself */
export function createWarningTally(ofContent: readonly { code: string; message: string }[] = []): WarningTally {
  const byCode = new Map<string, ImportWarning & { firstLine: number }>();
  return {
    note(code, message, line) {
      const known = byCode.get(code);
      if (known) known.rows++;
      else byCode.set(code, { code, message, rows: 1, firstLine: line });
    },
    list: () => [
      ...ofContent.map(({ code, message }) => ({ code, message, rows: 0, firstLine: null })),
      ...[...byCode.values()].map((warning) => ({ ...warning })),
    ],
  };
}
