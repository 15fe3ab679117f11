import type { Command } from "commander";
import type { Cli } from "../cli.ts";
import { type DiagnoseOptions, diagnose } from "../doctor/diagnose.ts";
import type { Finding } from "../doctor/finding.ts";
import { counted } from "../output/format.ts";
import type { Paint } from "../output/terminal.ts";

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command("doctor")
    .option(
      "--receiver-url <url>",
      "where notifications arrive (default: receiver.publicUrl, else the running `up`, else this machine)",
    )
    .description("check configuration, servers, gateway and hooks; sends no message")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<DiagnoseOptions>();
        const { out, outPaint } = cli.terminal;
        const findings: Finding[] = [];
        for await (const finding of diagnose(cli, options)) {
          findings.push(finding);
          if (!options.json) out.write(lineOf(finding, outPaint));
        }
        const failed = findings.filter(({ status }) => status === "fail").length;
        const warned = findings.filter(({ status }) => status === "warn").length;
        if (options.json) out.write(`${JSON.stringify({ ok: failed === 0, findings }, null, 2)}\n`);
        else out.write(`\n${failed === 0 ? "No fault" : counted(failed, "fault")}, ${counted(warned, "warning")}.\n`);
        return failed === 0 ? 0 : 1;
      }),
    );
}

function lineOf({ what, status, detail, mend }: Finding, paint: Paint): string {
  const sign = { ok: paint.green("ok  "), warn: paint.yellow("warn"), fail: paint.red("FAIL") }[status];
  return `${sign}  ${what}: ${detail}\n${mend === undefined ? "" : `      ${paint.dim("→")} ${mend}\n`}`;
}
