import { ConfigError } from "@hikyaku/config";
import { type ContentIssue, type ContentLint, lintContent, type ProviderRules } from "@hikyaku/core";
import { lintBesideTemplate } from "@hikyaku/producer";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
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
        const { ok, issues, variables } = await lintHere(cli, options, { route, rules, content: said });
        const located = issues.map((issue) => ({ ...issue, line: lineOf(issue.path) }));
        printResult(cli, options, { file, route, ok, variables, issues: located }, (paint) => {
          const errors = issues.filter(({ level }) => level === "error").length;
          const said = [
            errors > 0 ? counted(errors, "error") : soundText(route, issues),
            ...(issues.length > errors ? [counted(issues.length - errors, "warning")] : []),
          ].join(", ");
          const named = variables.length === 0 ? "" : `Variables: ${variables.join(", ")}\n`;
          return `${drawIssues(issues, { file, lineOf }, paint)}${said}.\n${named}`;
        });
        return ok ? 0 : 1;
      }),
    );
}

/** By the rules alone where no system is at hand: then what is sent by a template is not compared with it, and a warning says so. */
async function lintHere(
  cli: Cli,
  options: GlobalOptions,
  checked: { route: string; rules: ProviderRules; content: unknown },
): Promise<ContentLint> {
  const { rules, content } = checked;
  const alone = lintContent(rules, content);
  if (!alone.ok || !rules.templates?.usedBy(content)) return alone;
  try {
    return await useLedger(cli, options, async ({ sql }) => await lintBesideTemplate(sql, checked));
  } catch (error) {
    if (!(error instanceof CliError || error instanceof ConfigError)) throw error;
    const message = `it was not compared with its template, for no copy of that is at hand: ${error.message}`;
    const unchecked: ContentIssue = {
      ...{ path: "content.templateCode", level: "warning", code: "template-unchecked", message },
    };
    return { ...alone, issues: [...alone.issues, unchecked] };
  }
}

/** What is said of a content without errors: no more than is known. */
function soundText(route: string, issues: readonly ContentIssue[]): string {
  const codes = new Set(issues.map(({ code }) => code));
  if (codes.has("template-mismatch")) return "No error, but as a rule its messages will not fit the template";
  if (codes.has("template-unchecked")) return `No fault: ${route} can send it if it fits its template`;
  return `No fault: ${route} can send it`;
}
