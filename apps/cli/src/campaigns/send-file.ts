import { type CampaignReport, campaignReport, type Ledger } from "@hikyaku/ledger";
import type { CampaignResult, Producer } from "@hikyaku/producer";
import { reportView } from "@hikyaku/views";
import type { Cli, ExitCode } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { FoundStack } from "../connection/find-stack.ts";
import { limitOf } from "../connection/route-limits.ts";
import type { RecipientFile } from "../csv/recipient-file.ts";
import type { RejectedFile } from "../csv/rejected-file.ts";
import { counted } from "../output/format.ts";
import { createProgress } from "../output/progress.ts";
import { toCampaignOptions } from "./campaign-options.ts";
import { windowNotice } from "./class-lines.ts";
import { drawReport } from "./draw-report.ts";
import { findCampaignByName } from "./find-campaign-by-name.ts";
import { importText } from "./import-text.ts";
import { importWithProgress } from "./import-with-progress.ts";
import { nobodyTaken } from "./nobody-taken.ts";
import type { Said } from "./read-said.ts";
import type { SendOptions } from "./send-options.ts";
import { tellWarnings } from "./tell-warnings.ts";
import { type Watched, watchCampaign } from "./watch-campaign.ts";

export interface SendFileInput {
  cli: Cli;
  options: SendOptions;
  producer: Producer;
  ledger: Ledger;
  stack: FoundStack;
  path: string;
  file: RecipientFile;
  rejectedFile: RejectedFile;
  said: Said;
  key: string;
}

/** Import, start, progress, report. The same call again goes on where it was, and never sends twice. */
export async function sendFile(input: SendFileInput): Promise<ExitCode> {
  const { cli, options, producer, ledger, stack, path, file, rejectedFile, said, key } = input;
  const { err } = cli.terminal;
  const interruption = cli.interruption();
  const draft = await producer.createCampaign(toCampaignOptions(options, { key, said }));
  const { id } = draft;
  const imported = await importWithProgress({
    ...{ producer, sql: ledger.sql, campaign: draft, path, file, rejectedFile, interruption },
    strict: options.strict ?? false,
    terminal: cli.terminal,
  });
  tellWarnings(cli.terminal, imported.warnings);
  const rejectedPath = rejectedFile.count > 0 ? rejectedFile.path : null;
  err.write(importText(imported, { rejectedPath, encoding: file.encoding }));

  if (imported.recipients === 0) {
    if (options.json) writeJson(cli, options.wait ? reportView(await reportOf(ledger, draft)) : imported, rejectedPath);
    throw nobodyTaken(imported, rejectedPath);
  }
  if (imported.state === "ready") {
    if (!(await isWanted(cli, options, imported))) {
      throw new CliError(`Nothing was sent; campaign ${key} is ready.`, {
        mend: `Start it by \`hikyaku campaign start ${key}\`, or give it up by \`hikyaku campaign cancel ${key}\`.`,
      });
    }
    const started = await producer.startCampaign(
      { id },
      options.startAt === undefined ? {} : { startAt: options.startAt },
    );
    const isTold = ({ code }: { code: string }) => imported.warnings.some((told) => told.code === code);
    tellWarnings(
      cli.terminal,
      started.warnings.filter((warning) => !isTold(warning)),
    );
  } else {
    err.write(
      `Campaign ${key} has been started before and is ${imported.state}: nothing is sent again. Use another --key to send to this file once more.\n`,
    );
  }
  const notice = await windowNotice(ledger.sql, await findCampaignByName(ledger.sql, id));
  if (notice !== null) err.write(`It is ${notice}.\n`);
  if (!options.wait) {
    if (options.json) writeJson(cli, imported, rejectedPath);
    else cli.terminal.out.write(`Campaign ${key} is on its way (${id}). Watch it: hikyaku campaign show ${key}\n`);
    return 0;
  }

  const progress = createProgress(err);
  const watched = await watchCampaign({
    ...{ sql: ledger.sql, campaignId: id, progress },
    limit: limitOf(stack, options.route),
    until: options.waitReceipts === undefined ? "sent" : "receipts",
    ...(options.waitReceipts === undefined ? {} : { patienceMs: options.waitReceipts }),
    signal: interruption.once,
  }).finally(() => progress.stop());
  if (watched.end === "interrupted") {
    throw new CliError(`Campaign ${key} goes on without this command.`, {
      mend: `Stop it by \`hikyaku campaign pause ${key}\` or \`cancel\`; see it by \`hikyaku campaign show ${key}\`.`,
    });
  }
  return await report(input, watched, rejectedPath);
}

async function isWanted(cli: Cli, options: SendOptions, imported: CampaignResult): Promise<boolean> {
  if (options.yes || cli.ask === null) return true;
  const receive = imported.recipients - imported.suppressed;
  const answer = await cli.ask(`Send to ${counted(receive, "recipient")} over ${imported.route} now? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

async function report(
  input: SendFileInput,
  { campaign, end }: Watched,
  rejectedPath: string | null,
): Promise<ExitCode> {
  const { cli, options, ledger, stack } = input;
  const found = await reportOf(ledger, campaign);
  const { out, outPaint, err } = cli.terminal;
  if (options.json) {
    writeJson(cli, reportView(found), rejectedPath);
  } else {
    out.write(`\n${drawReport(found, { limit: limitOf(stack, campaign.route) }, outPaint)}`);
  }
  const waiting = found.counts.accepted + found.counts.sent;
  if (end === "paused")
    err.write(`The campaign paused: ${campaign.pauseReason}. Go on by \`hikyaku campaign resume ${campaign.key}\`.\n`);
  else if (waiting > 0) err.write(`Receipts still come; see them by \`hikyaku campaign report ${campaign.key}\`.\n`);
  return end === "paused" || end === "cancelled" ? 1 : 0;
}

async function reportOf({ sql }: Ledger, { id, key }: { id: string; key: string }): Promise<CampaignReport> {
  const found = await campaignReport(sql, { campaignId: id });
  if (found === null) throw new CliError(`Campaign ${key} was deleted meanwhile.`);
  return found;
}

function writeJson({ terminal }: Cli, result: object, rejectedFile: string | null): void {
  terminal.out.write(`${JSON.stringify({ ...result, rejectedFile }, null, 2)}\n`);
}
