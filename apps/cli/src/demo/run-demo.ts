import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig } from "@hikyaku/config";
import {
  addSuppression,
  type CampaignReport,
  campaignReport,
  connectLedger,
  type Ledger,
  streamMessages,
} from "@hikyaku/ledger";
import { type CampaignResult, createProducer } from "@hikyaku/producer";
import { routeSchemas } from "@hikyaku/providers";
import { campaignView } from "../campaigns/campaign-view.ts";
import { drawReport } from "../campaigns/draw-report.ts";
import { importText } from "../campaigns/import-text.ts";
import { importWithProgress } from "../campaigns/import-with-progress.ts";
import { tellWarnings } from "../campaigns/tell-warnings.ts";
import { type Watched, watchCampaign } from "../campaigns/watch-campaign.ts";
import type { Cli, ExitCode, Interruption } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import type { DemoOptions } from "../commands/demo.ts";
import { openRecipientFile } from "../csv/recipient-file.ts";
import { createRejectedFile } from "../csv/rejected-file.ts";
import { lengthOfTime } from "../output/format.ts";
import { createProgress } from "../output/progress.ts";
import { drawTable } from "../output/table.ts";
import { describeSystem, drawSystem } from "../system/describe-system.ts";
import { readableLogLine } from "../system/log-line.ts";
import { type System, simulatedRouteName, startSystem } from "../system/start-system.ts";
import { newSignIn } from "../system/system-config.ts";
import { checkPromises, type LedgerSide } from "./check-promises.ts";
import { demoConfig, demoRouteSettings, demoSimulator, demoSuppressed, demoText } from "./demo-settings.ts";
import { drawVerdicts } from "./draw-verdicts.ts";
import { gatewayLog } from "./gateway-log.ts";
import { guardDatabase } from "./guard-database.ts";

export const recipientsFile = fileURLToPath(new URL("../../../../examples/recipients.csv", import.meta.url));

/** Receipts come within some 10 s here; beyond this something is broken, and the report says what. */
const patienceMs = 60_000;

/**
 * Starts everything in a temporary folder, sends to `examples/recipients.csv` through the simulator, waits for the
 * receipts, and compares the ledger with the simulator's own log.
 * @returns 1 when a promise is broken
 */
export async function runDemo(cli: Cli, options: DemoOptions): Promise<ExitCode> {
  const { env, cwd, terminal } = cli;
  const { err, errPaint } = terminal;
  const interruption = cli.interruption();
  const startedAt = performance.now();
  const tell = (line: string) => err.write(`${line}\n`);
  if (env.DATABASE_URL) await guardDatabase(env.DATABASE_URL);

  const text = demoConfig(`hikyaku-demo-${randomBytes(4).toString("hex")}`);
  const read = parseConfig({ text, file: null, env, routeSchemas });
  if (!read.ok) throw new Error(`the demo's configuration is not usable: ${JSON.stringify(read.faults)}`);
  const { config } = read;
  const dataDir = await mkdtemp(join(tmpdir(), "hikyaku-demo-"));
  const signIn = newSignIn();
  tell(errPaint.bold("The whole system on this machine, with a simulator in place of the carrier's gateway."));
  let isClean = true;
  try {
    const system = await startSystem({
      ...{ env, cwd, dataDir, signIn, tell },
      isTemporary: true,
      load: async () => ({ text, config }),
      simulator: { options: demoSimulator, routeSettings: demoRouteSettings },
      onLog: (app, line) => options.logs && tell(readableLogLine(app, line, errPaint)),
    });
    interruption.twice.addEventListener("abort", () => system.kill(), { once: true });
    try {
      tell(
        `Ready after ${lengthOfTime(performance.now() - startedAt)}: servers, worker, poller, receiver, console, simulator.`,
      );
      const description = describeSystem({
        ...system,
        generatedSignIn: signIn,
        simulator: system.simulator && {
          gatewayUrl: system.simulator.gatewayUrl,
          controlUrl: system.simulator.controlUrl,
          route: simulatedRouteName,
        },
        ...{ dataDir: null, showSecrets: false },
      });
      err.write(`${drawSystem(description, errPaint)}\n`);
      const isKept = await campaign(cli, options, system, { dataDir, interruption });
      tell(errPaint.dim(`\nTook ${lengthOfTime(performance.now() - startedAt)} in all.`));
      if (options.keep && !interruption.once.aborted) {
        tell(
          `It goes on running. Queues: ${system.consoleUrl}/queues, sign in as ${signIn.name} / ${signIn.password}. Ctrl-C ends it.`,
        );
        await new Promise<void>((resolve) =>
          interruption.once.addEventListener("abort", () => resolve(), { once: true }),
        );
      } else {
        tell(`The dashboards are at ${system.consoleUrl} while it runs: npx pnpm@10 demo --keep leaves it running.`);
      }
      return isKept ? 0 : 1;
    } finally {
      isClean = await system.close();
      if (!isClean) tell("Not everything ended in order; see above.");
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function campaign(
  cli: Cli,
  options: DemoOptions,
  system: System,
  { dataDir, interruption }: { dataDir: string; interruption: Interruption },
): Promise<boolean> {
  const { databaseUrl, redisUrl, config, simulator } = system;
  if (simulator === null) throw new TypeError("the demo needs the simulator");
  const { terminal } = cli;
  const ledger = connectLedger(databaseUrl, { max: 4, applicationName: "hikyaku-demo" });
  const producer = await createProducer({ databaseUrl, redisUrl, redisPrefix: config.redisPrefix });
  const file = await openRecipientFile(recipientsFile);
  const rejectedFile = createRejectedFile(join(dataDir, "recipients.rejected.csv"), file.header);
  try {
    for (const recipient of demoSuppressed)
      await addSuppression(ledger.sql, { recipient, reason: "asked for no more messages" });
    const draft = await producer.createCampaign({
      key: `demo-${new Date().toISOString()}`,
      name: "demo",
      route: simulatedRouteName,
      class: "transactional",
      text: demoText,
    });
    const imported = await importWithProgress({
      ...{ producer, sql: ledger.sql, campaign: draft, path: recipientsFile, file, rejectedFile, strict: false },
      ...{ terminal, interruption },
    });
    tellWarnings(terminal, imported.warnings);
    terminal.err.write(importText(imported, { rejectedPath: null, encoding: file.encoding }));
    await producer.startCampaign({ id: draft.id });
    const watched = await watch(cli, system, ledger, draft.id, interruption);
    return await conclude(cli, options, system, { ledger, imported, watched });
  } finally {
    file.close();
    await producer.close();
    await ledger.close();
  }
}

async function watch(
  cli: Cli,
  system: System,
  { sql }: Ledger,
  campaignId: string,
  interruption: Interruption,
): Promise<Watched> {
  const progress = createProgress(cli.terminal.err);
  const tps = system.config.routes[simulatedRouteName]?.limits.tps ?? null;
  const watched = await watchCampaign({
    ...{ sql, campaignId, progress, tps, until: "receipts", patienceMs },
    signal: interruption.once,
  }).finally(() => progress.stop());
  if (watched.end !== "interrupted") return watched;
  throw new CliError("The demo was interrupted.");
}

async function conclude(
  cli: Cli,
  options: DemoOptions,
  { config, simulator }: System,
  { ledger, imported, watched }: { ledger: Ledger; imported: CampaignResult; watched: Watched },
): Promise<boolean> {
  const { sql } = ledger;
  const { out, outPaint, err, errPaint } = cli.terminal;
  const report = await campaignReport(sql, { campaignId: watched.campaign.id });
  if (report === null || simulator === null) throw new TypeError("the demo's campaign is gone");
  const metrics = simulator.metrics();
  const { verdicts, unknowns } = checkPromises({
    ledger: await ledgerSide(ledger, watched.campaign.id),
    gateway: gatewayLog(simulator),
    duplicates: metrics.duplicates.count,
    overLimits: metrics.overTps + metrics.overConcurrency,
  });
  const isKept = verdicts.every((verdict) => verdict.isKept || !verdict.isPromise);
  const { tps = null } = config.routes[simulatedRouteName]?.limits ?? {};
  if (options.json)
    out.write(
      `${JSON.stringify(resultOf(report, imported, { isKept, verdicts, unknowns: unknowns.length, metrics }), null, 2)}\n`,
    );
  else {
    const reasonWidth = out.isTTY ? Math.max(40, out.columns - 32) : Number.POSITIVE_INFINITY;
    const rejected = drawTable(
      [{ header: "LINE", align: "right" }, { header: "ROW NOT TAKEN" }, { header: "REASON", maxWidth: reasonWidth }],
      imported.rejections.map(({ line, code, reason }) => [String(line), code, reason]),
      outPaint,
    );
    out.write(
      [
        `\n${drawReport(report, { tps }, outPaint)}`,
        `${outPaint.bold(`Rows not taken from ${recipientsFile}`)}
${rejected}`,
        drawVerdicts({ verdicts, unknowns, metrics }, outPaint),
      ].join("\n"),
    );
  }
  if (!isKept) err.write(`${errPaint.red("A promise is broken; see above.")}\n`);
  return isKept;
}

async function ledgerSide({ sql }: Ledger, campaignId: string): Promise<LedgerSide[]> {
  const messages: LedgerSide[] = [];
  for await (const page of streamMessages(sql, { campaignId })) {
    for (const { recipient, state, acceptedAt } of page)
      messages.push({ recipient, state, isAccepted: acceptedAt !== null });
  }
  return messages;
}

function resultOf(
  { campaign: row, counts, ...report }: CampaignReport,
  imported: CampaignResult,
  checked: { isKept: boolean; verdicts: unknown; unknowns: number; metrics: unknown },
) {
  return {
    promisesKept: checked.isKept,
    campaign: campaignView(row, { counts, secondLegs: report.secondLegs?.counts ?? null }),
    ...report,
    rejectedRows: imported.rejections,
    ...checked,
  };
}
