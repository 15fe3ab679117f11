import { lintContent } from "@hikyaku/core";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { readContentFile } from "../../content/content-file.ts";
import { drawIssues } from "../../content/draw-issues.ts";
import { rulesOfRoute } from "../../content/route-rules.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

export function addLint(content: Command, cli: Cli): void {
  content
    .command("lint")
    .argument("<file>", "content in YAML or JSON, as --content-file takes it")
    .option("-r, --route <name>", "route whose rules hold (default: the only one there is)")
    .description("check a content by its carrier's rules; every fault with its line and its path")
    .action(
      cli.action(async (file: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string } & GlobalOptions>();
        const { content: said, lineOf } = await readContentFile(file, { cwd: cli.cwd, label: "" });
        const { route, rules } = await rulesOfRoute(cli, options);
        const { ok, issues, variables } = lintContent(rules, said);
        const located = issues.map((issue) => ({ ...issue, line: lineOf(issue.path) }));
        printResult(cli, options, { file, route, ok, variables, issues: located }, (paint) => {
          const errors = issues.filter(({ level }) => level === "error").length;
          const said = [
            errors === 0 ? `No fault: ${route} can send it` : counted(errors, "error"),
            ...(issues.length > errors ? [counted(issues.length - errors, "warning")] : []),
          ].join(", ");
          const named = variables.length === 0 ? "" : `Variables: ${variables.join(", ")}\n`;
          return `${drawIssues(issues, { file, lineOf }, paint)}${said}.\n${named}`;
        });
        return ok ? 0 : 1;
      }),
    );
}
