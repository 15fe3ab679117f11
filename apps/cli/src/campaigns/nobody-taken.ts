import type { CampaignResult } from "@hikyaku/producer";
import { CliError } from "../cli-error.ts";
import { counted } from "../output/format.ts";

/** What is told when an import brought nobody: the campaign stays as it is, empty, and sends nothing. */
export function nobodyTaken(
  { key, rejected, duplicates }: Pick<CampaignResult, "key" | "rejected" | "duplicates">,
  rejectedPath: string | null,
): CliError {
  const rows = rejected + duplicates;
  if (rows === 0) {
    return new CliError(`Campaign ${key} has no recipients, so nothing is sent.`, {
      mend: "Give a file that has rows below its header.",
    });
  }
  const where = rejectedPath === null ? "" : `; ${rejectedPath} says why`;
  return new CliError(`None of ${counted(rows, "row")} was taken, so nothing is sent by campaign ${key}${where}.`, {
    mend: "Mend the rows or what the campaign says, and send it as a new one; with --key, under another key.",
  });
}
