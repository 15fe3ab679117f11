import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ContentIssue, TemplateRules } from "@hikyaku/core";
import { listTemplates } from "@hikyaku/ledger";
import { providers } from "@hikyaku/providers";
import type { Command } from "commander";
import { parse } from "yaml";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { templateRoutes } from "../../templates/template-routes.ts";

export function addLint(template: Command, cli: Cli): void {
  template
    .command("lint")
    .argument("<file>", "the template in YAML or JSON, in the fields of the carrier's console")
    .option("-r, --route <name>", "also compare with the templates of this route's channel: code and name must be free")
    .description("check a template by the rules of registration, before it is registered")
    .action(
      cli.action(async (file: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string } & GlobalOptions>();
        const draft = await readDraft(file, cli.cwd);
        const issues = await lint(draft, cli, options);
        const errors = issues.filter(({ level }) => level === "error").length;
        const compared = options.route ?? null;
        printResult(cli, options, { file, comparedWith: compared, ok: errors === 0, issues }, (paint) => {
          const lines = issues.map(({ level, path, message }) => {
            const name = level === "error" ? paint.red("error:") : paint.yellow("warning:");
            return `${file}: ${name} ${path}: ${message}\n`;
          });
          const open =
            compared === null ? "Whether its code and name are free is not checked: name a route by --route.\n" : "";
          const sum = errors === 0 ? "No fault: it can be registered" : counted(errors, "error");
          const warned = issues.length > errors ? `, ${counted(issues.length - errors, "warning")}` : "";
          return `${lines.join("")}${sum}${warned}.\n${paint.dim(open)}`;
        });
        return errors === 0 ? 0 : 1;
      }),
    );
}

async function lint(draft: unknown, cli: Cli, options: { route?: string } & GlobalOptions): Promise<ContentIssue[]> {
  const { route } = options;
  if (route === undefined) return anyRules().lint(draft, []);
  return await useLedger(cli, options, async ({ sql }) => {
    const [found] = await templateRoutes(sql, route);
    const others = await listTemplates(sql, { route });
    return (found?.templates ?? anyRules()).lint(
      draft,
      others.map((row) => row.template),
    );
  });
}

/** The rules need no route: where nothing runs yet, a template is checked all the same. */
function anyRules(): TemplateRules {
  const rules = Object.values(providers)
    .map(({ provider }) => ("templates" in provider ? provider.templates : undefined))
    .find((each) => each !== undefined);
  if (rules === undefined) throw new CliError("No carrier of this build has templates.");
  return rules;
}

async function readDraft(file: string, cwd: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, file), "utf8");
  } catch (cause) {
    throw new CliError(`${file} can't be read: ${String(cause)}.`, { mend: "Name a UTF-8 file.", exitCode: 2, cause });
  }
  try {
    return parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new CliError(`${file} is neither YAML nor JSON: ${(cause as Error).message}`, {
      mend: "Correct it at this place.",
      exitCode: 2,
      cause,
    });
  }
}
