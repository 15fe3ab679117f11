import { listChannels } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";
import { templateRoutes } from "../../templates/template-routes.ts";

export function addChannel(program: Command, cli: Cli): void {
  const channel = program.command("channel").description("the KakaoTalk channels that messages come from");
  channel
    .command("list")
    .option("-r, --route <name>", "those of this route's account")
    .description("the account's channels and how they stand, as last read")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const routes = await templateRoutes(sql, options.route);
          const views = (await listChannels(sql)).flatMap(({ route, channel: found }) => {
            const facts = routes.find((each) => each.route === route)?.templates.channelFacts(found) ?? null;
            return facts === null ? [] : [{ route, ...facts, channel: found }];
          });
          printResult(cli, options, views, (paint) =>
            views.length === 0
              ? "No channels. Read the account: hikyaku template refresh\n"
              : drawTable(
                  [
                    { header: "ROUTE" },
                    { header: "CHANNEL" },
                    { header: "NAME" },
                    { header: "STATE" },
                    { header: "SMS FROM" },
                  ],
                  views.map(({ route, id, name, means, faults, hasFailover, failoverNumber }) => [
                    route,
                    id,
                    name,
                    faults.length === 0 ? paint.green(means) : paint.red(faults.join("; ")),
                    failoverNumber ?? (hasFailover ? "set up, number not told" : "not set up"),
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}
