import { variableName } from "@hikyaku/core";

/**
 * What a row says, in the order the import needs it: the recipient, then the values of the content's variables. Null when
 * the row is nothing that could have fields. Other fields are never looked at, stored or part of the digest.
 */
export function cellsOf(row: unknown, variables: readonly string[]): unknown[] | null {
  if (typeof row !== "object" || row === null) return null;
  const fields = row as Readonly<Record<string, unknown>>;
  const cells: unknown[] = [fields.to];
  for (const name of variables) {
    // hasOwn: a variable may be called `constructor`.
    cells.push(Object.hasOwn(fields, name) ? fields[name] : valueUnderOtherSpelling(fields, name));
  }
  return cells;
}

/**
 * What a row says of its recipient's consent to advertising, in the order the import needs it behind the other cells; nothing
 * where it says nothing, so that the row is the same as one without such columns.
 */
export function consentCellsOf(row: unknown): unknown[] {
  if (typeof row !== "object" || row === null) return [];
  const { consent_at: at, consent_source: source } = row as Readonly<Record<string, unknown>>;
  const cells = [at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : at, source];
  return cells.every((cell) => cell === undefined || cell === null || cell === "") ? [] : cells;
}

/** The same name written in other code points, or with space around it, as column headers often are. */
function valueUnderOtherSpelling(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(fields).find((candidate) => variableName(candidate) === name);
  return key === undefined ? undefined : fields[key];
}
