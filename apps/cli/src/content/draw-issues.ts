import type { ContentIssue } from "@hikyaku/core";
import type { Paint } from "../output/terminal.ts";
import type { ContentFile } from "./content-file.ts";

/** Each issue on a line of its own, as compilers write them: `card.yaml:7: error: content.card.media.height: …`. */
export function drawIssues(
  issues: readonly ContentIssue[],
  { file, lineOf }: { file: string } & Pick<ContentFile, "lineOf">,
  paint: Paint,
): string {
  return issues
    .map((issue) => {
      const line = lineOf(issue.path);
      const level = issue.level === "error" ? paint.red("error:") : paint.yellow("warning:");
      return `${file}${line === null ? "" : `:${line}`}: ${level} ${issue.path}: ${issue.message}\n`;
    })
    .join("");
}
