import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { variableName } from "@hikyaku/core";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { nameAndValue } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";
import { templateOf } from "../../templates/template-routes.ts";

interface PreviewOptions extends GlobalOptions {
  route?: string;
  var?: Record<string, string>;
  out?: string;
}

export function addPreview(template: Command, cli: Cli): void {
  template
    .command("preview")
    .argument("<code>", "code of the template")
    .option("-r, --route <name>", "route whose channel has it (default: the only one)")
    .option("--var <name=value>", "a value for #{name}; the others show their names", nameAndValue)
    .option("-o, --out <file>", "the page (default: CODE.preview.html)")
    .description("draw a template as KakaoTalk shows it, as an HTML page to be opened in a browser")
    .action(
      cli.action(async (code: string, _own, command: Command) => {
        const options = command.optsWithGlobals<PreviewOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const { row, rules, templates } = await templateOf(sql, code, options.route);
          const values = new Map(Object.entries(options.var ?? {}).map(([name, value]) => [variableName(name), value]));
          // Without the copy: a template that is not approved yet is looked at all the same.
          const { template: _, ...content } = templates.contentFrom(row.template);
          const prepared = rules.prepareContent(content);
          const rendered =
            "issues" in prepared
              ? prepared
              : prepared.render(prepared.variables.map((name) => values.get(name) ?? name));
          if ("issues" in rendered) {
            const [first] = rendered.issues;
            throw new CliError(`Template ${code} can't be shown: ${first?.path}: ${first?.message}.`, {
              mend: "Give the value by --var, or see all faults by hikyaku template lint.",
            });
          }
          const page = rules.previewPage?.(rendered);
          if (page === undefined) throw new CliError("The carrier of this route has no page for its messages.");
          const out = resolve(cli.cwd, options.out ?? `${code}.preview.html`);
          try {
            await writeFile(out, page);
          } catch (cause) {
            throw new CliError(`--out: ${out} can't be written: ${String(cause)}.`, {
              mend: "Name another file.",
              cause,
            });
          }
          printResult(cli, options, { code, route: row.route, page: out, text: rendered.preview }, () =>
            [rendered.preview.replace(/^/gm, "  "), "", `Open it: ${out}`, ""].join("\n"),
          );
          return 0;
        });
      }),
    );
}
