import { listAccounts, listTemplates } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTemplates } from "../../templates/draw-template.ts";
import { templateRoutes } from "../../templates/template-routes.ts";
import { templateView } from "../../templates/template-view.ts";

export function addList(template: Command, cli: Cli): void {
  template
    .command("list")
    .option("-r, --route <name>", "those of this route")
    .option("--state <state>", "only those in this inspection state, in the carrier's word, e.g. REJECT")
    .description("the account's templates and their inspection states, as last read")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string; state?: string } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const routes = await templateRoutes(sql, options.route);
          const byName = new Map(routes.map(({ route, templates }) => [route, templates]));
          const state = options.state?.toUpperCase();
          const rows = await listTemplates(sql, state === undefined ? {} : { state });
          const views = rows.flatMap((row) => {
            const rules = byName.get(row.route);
            return rules === undefined ? [] : [templateView(row, rules)];
          });
          const accounts = (await listAccounts(sql)).filter(({ route }) => byName.has(route));
          printResult(cli, options, views, (paint) => drawTemplates(views, accounts, paint));
          return 0;
        });
      }),
    );
}
