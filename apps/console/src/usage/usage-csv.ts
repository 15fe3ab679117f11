import { writeCell } from "@hikyaku/core";
import type { UsageDivision, UsagePart } from "@hikyaku/ledger";

/** A month's usage as CSV, with byte order mark: one part a row, then nothing; sums are the spreadsheet's. */
export function usageCsv({
  month,
  by,
  parts,
}: {
  month: string;
  by: UsageDivision;
  parts: readonly UsagePart[];
}): string {
  const columns = ["month", ...divided[by], "route", "account", "channel", "messages", "segments"] as const;
  const rows = parts.map((part) => columns.map((column) => String((column === "month" ? month : part[column]) ?? "")));
  return `\ufeff${[[...columns], ...rows].map((row) => `${row.map(writeCell).join(",")}\r\n`).join("")}`;
}

const divided = {
  route: [],
  campaign: ["campaignId", "key", "name"],
  day: ["day"],
} as const satisfies Record<UsageDivision, readonly (keyof UsagePart)[]>;
