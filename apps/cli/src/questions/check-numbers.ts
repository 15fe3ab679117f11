import { maskNumber } from "@hikyaku/core";
import type { CheckedCapability } from "@hikyaku/engine";
import type { Cli, ExitCode } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { CapabilityCheckOptions } from "../commands/capability/check.ts";
import { moment } from "../output/format.ts";
import { printResult } from "../output/print-result.ts";
import { drawTable } from "../output/table.ts";
import { verdictOf } from "./capability-file.ts";
import type { OpenedQuestions } from "./use-questions.ts";

/** A few numbers, shown. Exit code 1 when one of them has no verdict. */
export async function checkNumbers(
  cli: Cli,
  options: CapabilityCheckOptions,
  { questions, config, route, readNumber, numbers }: OpenedQuestions & { numbers: readonly string[] },
): Promise<ExitCode> {
  const recipients = numbers.map((raw) => {
    const read = readNumber(raw);
    if (read.ok) return read.recipient;
    throw new CliError(`"${raw}" is not a number that can be messaged: ${read.reason}.`, { exitCode: 2 });
  });
  const { once: signal } = cli.interruption();
  const { maxAge: maxAgeMs = config.retention.capabilityMs } = options;
  const checked: CheckedCapability[] = [];
  for await (const one of questions.capabilities({ recipients, maxAgeMs, signal })) checked.push(one);
  if (checked.length < recipients.length) {
    throw new CliError(`Stopped after ${checked.length} of ${recipients.length} numbers.`, { mend: "Run it again." });
  }
  const shown = checked.map(({ recipient, ...answer }) => ({
    recipient: options.showNumbers ? recipient : maskNumber(recipient),
    ...answer,
  }));
  printResult(cli, options, { route: route.name, answers: shown }, (paint) =>
    drawTable(
      [
        { header: "RECIPIENT" },
        { header: "+MESSAGE" },
        { header: "ASKED" },
        { header: "THE CARRIER SAYS", maxWidth: 100 },
      ],
      shown.map(({ recipient, capable, said, checkedAt, cached }) => [
        ...[recipient, verdictOf(capable), cached ? `${moment(checkedAt)}, kept` : checkedAt ? "now" : "–", said],
      ]),
      paint,
    ),
  );
  return checked.every(({ capable }) => capable !== null) ? 0 : 1;
}
