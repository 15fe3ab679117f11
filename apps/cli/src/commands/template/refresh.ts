import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { duration } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";
import { ageOf } from "../../templates/draw-template.ts";
import { templateRoutes } from "../../templates/template-routes.ts";
import { waitForRefresh } from "../../templates/wait-for-refresh.ts";

export function addRefresh(template: Command, cli: Cli): void {
  template
    .command("refresh")
    .option("-r, --route <name>", "only this route's account")
    .option("--wait <duration>", "how long to wait for a poller to read it", duration, 60_000)
    .description("have the channels and templates read again now; a poller does it")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string; wait: number } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const signal = cli.interruption().once;
          const routes = await templateRoutes(sql, options.route);
          const accounts = await Promise.all(
            routes.map(({ route }) => waitForRefresh(sql, { route, waitMs: options.wait, signal })),
          );
          printResult(cli, options, accounts, (paint) => accounts.map((account) => ageOf(account, paint)).join(""));
          return accounts.every(({ error }) => error === null) ? 0 : 1;
        });
      }),
    );
}
