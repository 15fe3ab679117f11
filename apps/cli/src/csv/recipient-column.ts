import { variableName } from "@hikyaku/core";
import { CliError } from "../cli-error.ts";

/** Headers under which the number is looked for, best first; without regard to case, width and spaces. */
export const recipientHeaders = [
  "to",
  "phone",
  "電話番号",
  "전화번호",
  "phone number",
  "phone_number",
  "mobile",
  "携帯電話番号",
  "携帯番号",
  "携帯電話",
  "電話",
  "휴대폰번호",
  "휴대폰",
] as const;

/**
 * Index of the column that holds the recipients.
 * @throws CliError naming the columns there are
 */
export function recipientColumn(header: readonly string[], wanted: string | undefined, path: string): number {
  const found = (name: string) => header.findIndex((cell) => folded(cell) === folded(name));
  const columns = header.map((cell) => `"${variableName(cell)}"`).join(", ");
  if (wanted !== undefined) {
    const at = found(wanted);
    if (at !== -1) return at;
    throw new CliError(`${path}: there is no column "${wanted}".`, {
      mend: `Name one of its columns by --to-column: ${columns}.`,
      exitCode: 2,
    });
  }
  const at = recipientHeaders.map(found).find((index) => index !== -1);
  if (at !== undefined) return at;
  throw new CliError(`${path}: no column is called ${recipientHeaders.slice(0, 4).join(", ")}.`, {
    mend: `Name the column with the numbers by --to-column; the file has ${columns}.`,
    exitCode: 2,
  });
}

function folded(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}
