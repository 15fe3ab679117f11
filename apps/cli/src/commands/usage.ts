import { isTimeZone, monthOf, monthPattern, usageCsv } from "@hikyaku/console";
import { type UsageDivision, type UsagePart, usageBy, usageDivisions, usageOfMonth } from "@hikyaku/ledger";
import { type Command, InvalidArgumentError } from "commander";
import type { Cli, GlobalOptions } from "../cli.ts";
import { useLedger } from "../connection/use-ledger.ts";
import { oneOf } from "../option-values.ts";
import { count } from "../output/format.ts";
import { printResult } from "../output/print-result.ts";
import { type Column, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";

interface UsageOptions extends GlobalOptions {
  month?: string;
  by: UsageDivision;
  route?: string;
  timeZone?: string;
  csv?: boolean;
}

export function addUsage(program: Command, cli: Cli): void {
  program
    .command("usage")
    .option("--month <month>", "e.g. 2026-11 (default: the present one)", month)
    .option("--by <division>", `divided by ${usageDivisions.join(", ")}`, oneOf(usageDivisions), "route")
    .option("-r, --route <name>", "only this route")
    .option("--time-zone <zone>", "where the month and its days begin (default: console.timeZone)", timeZoneName)
    .option("--csv", "as CSV")
    .description("what the carrier accepted in a month: messages and billable parts, by route and channel")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<UsageOptions>();
        return await useLedger(cli, options, async ({ sql }, stack) => {
          const timeZone = options.timeZone ?? stack.config?.console.timeZone ?? "Asia/Tokyo";
          const inMonth = options.month ?? monthOf(new Date(), timeZone);
          const { by, route } = options;
          const rows = await usageOfMonth(sql, { month: inMonth, timeZone, ...(route === undefined ? {} : { route }) });
          const parts = usageBy(by, rows);
          if (options.csv) {
            cli.terminal.out.write(usageCsv({ month: inMonth, by, parts }));
            return 0;
          }
          const result = { month: inMonth, timeZone, by, items: parts, ...sums(parts) };
          printResult(cli, options, result, (paint) => drawUsage(result, paint));
          return 0;
        });
      }),
    );
}

function sums(parts: readonly UsagePart[]): { messages: number; segments: number } {
  const sum = (figure: "messages" | "segments") => parts.reduce((total, part) => total + part[figure], 0);
  return { messages: sum("messages"), segments: sum("segments") };
}

interface Usage {
  month: string;
  timeZone: string;
  by: UsageDivision;
  items: readonly UsagePart[];
  messages: number;
  segments: number;
}

function drawUsage({ month: inMonth, timeZone, by, items, messages, segments }: Usage, paint: Paint): string {
  if (items.length === 0) return `Nothing was accepted in ${inMonth} (${timeZone}).\n`;
  const lead: Column[] = { route: [], campaign: [{ header: "CAMPAIGN", maxWidth: 40 }], day: [{ header: "DAY" }] }[by];
  const columns: Column[] = [
    ...lead,
    ...[{ header: "ROUTE" }, { header: "ACCOUNT" }, { header: "CHANNEL" }],
    { header: "MESSAGES", align: "right" },
    { header: "PARTS", align: "right" },
  ];
  const rows = items.map((part) => [
    ...(by === "campaign" ? [part.name ?? part.campaignId ?? "(single messages)"] : []),
    ...(by === "day" ? [part.day ?? ""] : []),
    ...[part.route, part.account ?? "–", part.channel ?? "–", count(part.messages), count(part.segments)],
  ]);
  const total = [...lead.map(() => ""), "", "", "all", count(messages), count(segments)];
  return `${drawTable(columns, [...rows, total], paint)}${paint.dim(`Accepted by the carrier in ${inMonth}, ${timeZone}.`)}\n`;
}

function month(text: string): string {
  if (monthPattern.test(text)) return text;
  throw new InvalidArgumentError("Give a month such as 2026-11.");
}

function timeZoneName(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError("Give an IANA time zone such as Asia/Tokyo.");
}
