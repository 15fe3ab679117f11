import { resolve } from "node:path";
import type { Cli, ExitCode } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { CapabilityCheckOptions } from "../commands/capability/check.ts";
import { openRecipientFile, type RecipientFile, rowSource } from "../csv/recipient-file.ts";
import { createRejectedFile, type RejectedFile, rejectedPathOf } from "../csv/rejected-file.ts";
import { count, counted } from "../output/format.ts";
import { printResult } from "../output/print-result.ts";
import { createProgress } from "../output/progress.ts";
import { capabilityPathOf, createCapabilityFile } from "./capability-file.ts";
import type { OpenedQuestions } from "./use-questions.ts";

/**
 * The numbers of a CSV, answered into another one, a row for a row. Memory stays flat. Ctrl-C leaves a file of what is
 * known, and the same command goes on from there: what was answered is kept.
 */
export async function checkFile(
  cli: Cli,
  options: CapabilityCheckOptions,
  { questions, config, route, readNumber, given }: OpenedQuestions & { given: string },
): Promise<ExitCode> {
  const path = resolve(cli.cwd, given);
  const { once: signal } = cli.interruption();
  const { maxAge: maxAgeMs = config.retention.capabilityMs } = options;
  const file = await openRecipientFile(path, options);
  const rejectedFile = createRejectedFile(rejectedPathOf(path), file.header);
  const out = createCapabilityFile(resolve(cli.cwd, options.out ?? capabilityPathOf(path)));
  const progress = createProgress(cli.terminal.err);
  const startedAt = performance.now();
  const figures = { answered: 0, capable: 0, notCapable: 0, unknown: 0, kept: 0 };
  try {
    const recipients = numbersOf(file, readNumber, rejectedFile);
    for await (const checked of questions.capabilities({ recipients, maxAgeMs, signal })) {
      out.add(checked);
      figures.answered += 1;
      figures[checked.capable === null ? "unknown" : checked.capable ? "capable" : "notCapable"] += 1;
      if (checked.cached) figures.kept += 1;
      progress.update({
        ...{ label: "checked", done: figures.answered, total: null, limit: route.limits.tps },
        perSecond: (figures.answered - figures.kept) / ((performance.now() - startedAt) / 1_000),
        outcomes: [
          ["capable", figures.capable],
          ["not", figures.notCapable],
          ["unknown", figures.unknown],
          ["known before", figures.kept],
        ],
      });
    }
  } finally {
    progress.stop();
    rejectedFile.close();
    out.close();
    file.close();
  }
  if (signal.aborted) {
    throw new CliError(`Stopped after ${counted(figures.answered, "number")}; their answers are in ${out.path}.`, {
      mend: "Run the same command to go on: what was answered is not asked again.",
    });
  }
  const rejected = rejectedFile.count;
  const rejectedPath = rejected > 0 ? rejectedFile.path : null;
  const asked = figures.answered - figures.kept;
  const result = { route: route.name, ...figures, asked, rejected, out: out.path, rejectedFile: rejectedPath };
  printResult(cli, options, result, () =>
    [
      `${counted(figures.answered, "number")}: ${count(figures.capable)} with +Message, ${count(figures.notCapable)} without${figures.unknown > 0 ? `, ${count(figures.unknown)} unknown` : ""}. ${count(asked)} asked, ${count(figures.kept)} known before.`,
      `Answers: ${out.path}`,
      ...(figures.unknown > 0 ? ["The unknown ones are asked again by the same command."] : []),
      ...(asked >= doubtfulFrom && figures.capable === 0
        ? ["None of them has it. If that can't be, see `capability` in the route's configuration."]
        : []),
      ...(rejectedPath === null ? [] : [`${counted(rejected, "row")} rejected: see ${rejectedPath}`]),
      "",
    ].join("\n"),
  );
  return 0;
}

const doubtfulFrom = 50;

async function* numbersOf(
  file: RecipientFile,
  readNumber: OpenedQuestions["readNumber"],
  rejectedFile: RejectedFile,
): AsyncGenerator<string> {
  for await (const { to = "", [rowSource]: source } of file.rows) {
    const number = source.fault ? { ok: false as const, ...source.fault } : readNumber(to);
    if (number.ok) yield number.recipient;
    else rejectedFile.add({ line: source.line, cells: source.cells, code: number.code, reason: number.reason });
  }
}
