import { campaignReport } from "@hikyaku/ledger";
import { reportView } from "@hikyaku/views";
import type { Command } from "commander";
import { drawReport } from "../../campaigns/draw-report.ts";
import { exportMessages } from "../../campaigns/export-messages.ts";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { reportCsv } from "../../campaigns/report-csv.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { limitOf } from "../../connection/route-limits.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { oneOf } from "../../option-values.ts";

interface ReportOptions extends GlobalOptions {
  format?: "table" | "json" | "csv";
  messages?: boolean;
  showNumbers?: boolean;
}

export function addReport(campaign: Command, cli: Cli): void {
  campaign
    .command("report")
    .argument("<campaign>", "id or key")
    .option("--format <format>", "table, json or csv (default: table)", oneOf(["table", "json", "csv"]))
    .option("--messages", "every message instead of the figures (csv unless json is asked for)")
    .option("--show-numbers", "with --messages: numbers in full")
    .description("how a campaign went; reads every message (about a second per million)")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<ReportOptions>();
        const format = options.json ? "json" : (options.format ?? (options.messages ? "csv" : "table"));
        return await useLedger(cli, options, async ({ sql }, stack) => {
          const { id, route } = await findCampaignByName(sql, name);
          const { out, outPaint } = cli.terminal;
          if (options.messages) {
            if (format === "table")
              throw new CliError("--messages has no table form.", { mend: "Use --format csv or json.", exitCode: 2 });
            const showNumbers = options.showNumbers ?? false;
            for await (const text of exportMessages({ sql, campaignId: id, format, showNumbers })) {
              out.write(text);
              await out.drained();
            }
            return 0;
          }
          const report = await campaignReport(sql, { campaignId: id });
          if (report === null) throw new CliError(`Campaign ${name} was deleted meanwhile.`);
          if (format === "csv") out.write(reportCsv(report));
          else if (format === "table") out.write(drawReport(report, { limit: limitOf(stack, route) }, outPaint));
          else out.write(`${JSON.stringify(reportView(report), null, 2)}\n`);
          return 0;
        });
      }),
    );
}
