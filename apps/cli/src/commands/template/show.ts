import type { Command } from "commander";
import { stringify } from "yaml";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTemplate } from "../../templates/draw-template.ts";
import { templateOf } from "../../templates/template-routes.ts";
import { templateView } from "../../templates/template-view.ts";

export function addShow(template: Command, cli: Cli): void {
  template
    .command("show")
    .argument("<code>", "code of the template")
    .option("-r, --route <name>", "route whose channel has it (default: the only one)")
    .option("--content", "instead: a content that says what it says, for --content-file")
    .description("a template, its state, and what may be done with it")
    .action(
      cli.action(async (code: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string; content?: boolean } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const { row, templates } = await templateOf(sql, code, options.route);
          if (options.content) {
            const content = templates.contentFrom(row.template);
            printResult(cli, options, content, () => stringify(content));
            return 0;
          }
          const view = templateView(row, templates);
          printResult(cli, options, view, (paint) => drawTemplate(view, paint));
          return 0;
        });
      }),
    );
}
