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

/** The same name written in other code points, or with space around it, as column headers often are. */
function valueUnderOtherSpelling(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(fields).find((candidate) => variableName(candidate) === name);
  return key === undefined ? undefined : fields[key];
}
