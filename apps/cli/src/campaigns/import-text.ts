import { count, counted } from "../output/format.ts";

export interface ImportFigures {
  recipients: number;
  suppressed: number;
  segments: number;
  rejected: number;
  duplicates: number;
}

/** `1,996 recipients (2,103 parts), 4 rows rejected …`: what an import came to, as a few lines. */
export function importText(
  { recipients, suppressed, segments, rejected, duplicates }: ImportFigures,
  { rejectedPath, encoding }: { rejectedPath: string | null; encoding: string },
): string {
  const lines = [
    `${counted(recipients, "recipient")}, ${counted(segments, "billable part")} (read as ${encoding})`,
    ...(suppressed > 0 ? [`${count(suppressed)} of them on the suppression list: they get nothing`] : []),
    ...(rejected + duplicates > 0
      ? [
          `${counted(rejected, "row")} rejected, ${counted(duplicates, "duplicate")}${rejectedPath === null ? "" : `: see ${rejectedPath}`}`,
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
