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
import type { SensSimulator } from "@hikyaku/simulator";
import { campaignView, type RouteLimit } from "@hikyaku/views";
import { drawReport } from "../campaigns/draw-report.ts";
import type { Watched } from "../campaigns/watch-campaign.ts";
import type { Cli, ExitCode, Interruption } from "../cli.ts";
import type { DemoOptions } from "../commands/demo.ts";
import { limitOf } from "../connection/route-limits.ts";
import { lengthOfTime } from "../output/format.ts";
import { createProgress } from "../output/progress.ts";
import { shareProgress } from "../output/shared-progress.ts";
import { drawTable } from "../output/table.ts";
import { describedSens, describeSystem, drawSystem } from "../system/describe-system.ts";
import { readableLogLine } from "../system/log-line.ts";
import { type System, sensRouteName, simulatedRouteName, startSystem } from "../system/start-system.ts";
import { newSignIn } from "../system/system-config.ts";
import { waitForRefresh } from "../templates/wait-for-refresh.ts";
import { checkPromises, type LedgerSide, type Verdict } from "./check-promises.ts";
import { type DemoCampaign, importDemo, watchDemo } from "./demo-campaign.ts";
import { demoConfig, demoRouteSettings, demoSimulator, demoSuppressed, demoText } from "./demo-settings.ts";
import { drawVerdicts } from "./draw-verdicts.ts";
import { gatewayLog } from "./gateway-log.ts";
import { guardDatabase } from "./guard-database.ts";
import { checkKakao, drawKakaoCheck } from "./kakao-check.ts";
import { writeKakaoRecipients } from "./kakao-recipients.ts";
import { kakaoContent, kakaoRouteSettings, kakaoSimulator, kakaoSuppressed } from "./kakao-settings.ts";

const refreshWaitMs = 20_000;
export const recipientsFile = fileURLToPath(new URL("../../../../examples/recipients.csv", import.meta.url));

/**
 * Starts everything in a temporary folder, sends to `examples/recipients.csv` through the simulator, waits for the
 * receipts, and compares the ledger with the simulator's own log. With `--all` a KakaoTalk campaign goes out at the same time, over a
 * simulated SENS, and is compared with its log.
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
      sensSimulator: options.all ? { options: kakaoSimulator, routeSettings: kakaoRouteSettings } : null,
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
        sensSimulator: describedSens(system.sensSimulator, sensRouteName),
        ...{ dataDir: null, showSecrets: false },
      });
      err.write(`${drawSystem(description, errPaint)}\n`);
      const isKept = await campaigns(cli, options, system, { dataDir, interruption });
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

async function campaigns(
  cli: Cli,
  options: DemoOptions,
  system: System,
  { dataDir, interruption }: { dataDir: string; interruption: Interruption },
): Promise<boolean> {
  const { databaseUrl, redisUrl, config, sensSimulator } = system;
  const ledger = connectLedger(databaseUrl, { max: 4, applicationName: "hikyaku-demo" });
  const producer = await createProducer({ databaseUrl, redisUrl, redisPrefix: config.redisPrefix });
  try {
    for (const recipient of [...demoSuppressed, ...kakaoSuppressed])
      await addSuppression(ledger.sql, { recipient, reason: "asked for no more messages" });
    const wanted: DemoCampaign[] = [
      { name: "demo", route: simulatedRouteName, content: { text: demoText }, recipients: recipientsFile },
    ];
    if (sensSimulator !== null) {
      const recipients = join(dataDir, "kakao-recipients.csv");
      await writeKakaoRecipients(recipients);
      // A list is checked against the template as it stands at the carrier; the poller has only just started.
      await waitForRefresh(ledger.sql, { route: sensRouteName, waitMs: refreshWaitMs, signal: interruption.once });
      wanted.push({ name: "kakao demo", route: sensRouteName, content: kakaoContent, recipients });
    }
    const parts = { cli, ledger, producer, dataDir, interruption };
    const drafts: Awaited<ReturnType<typeof importDemo>>[] = [];
    for (const each of wanted) drafts.push(await importDemo(each, parts));
    for (const { id } of drafts) await producer.startCampaign({ id });
    const names = wanted.map(({ name }) => name);
    const line = createProgress(cli.terminal.err);
    const shared = names.length === 1 ? [line] : shareProgress(line, names);
    const watched = await Promise.all(
      drafts.map(({ id }, index) => {
        const limit = limitOf({ config, up: null }, wanted[index]?.route ?? "");
        return watchDemo(id, { ledger, interruption, progress: shared[index] ?? line, limit });
      }),
    );
    const [sms, kakao] = drafts.flatMap(({ imported }, index): Concluding[] => {
      const seen = watched[index];
      return seen === undefined ? [] : [{ ledger, imported, watched: seen }];
    });
    if (sms === undefined) throw new TypeError("the demo's campaign is gone");
    return tellConclusions(cli, options, [
      await concludeSms(cli, system, sms),
      ...(sensSimulator !== null && kakao !== undefined
        ? [await concludeKakao(cli, system, sensSimulator, kakao)]
        : []),
    ]);
  } finally {
    await producer.close();
    await ledger.close();
  }
}

/** What became of one campaign: for people, for programs, and whether every promise was kept. */
interface Conclusion {
  isKept: boolean;
  text: string;
  json: ReturnType<typeof resultOf>;
}

interface Concluding {
  ledger: Ledger;
  imported: CampaignResult;
  watched: Watched;
}

async function concludeSms(cli: Cli, { config, simulator }: System, done: Concluding): Promise<Conclusion> {
  if (simulator === null) throw new TypeError("the demo needs the simulator");
  const metrics = simulator.metrics();
  const { first } = await ledgerSides(done.ledger, done.watched.campaign.id);
  const { verdicts, unknowns } = checkPromises({
    ledger: first,
    gateway: gatewayLog(simulator),
    duplicates: metrics.duplicates.count,
    overLimits: metrics.overTps + metrics.overConcurrency,
  });
  const proof = drawVerdicts({ verdicts, unknowns, metrics }, cli.terminal.outPaint);
  return await conclusion(cli, done, {
    verdicts,
    unknowns: unknowns.length,
    metrics,
    limit: limitOf({ config, up: null }, simulatedRouteName),
    proof,
    list: recipientsFile,
  });
}

async function concludeKakao(cli: Cli, { config }: System, sens: SensSimulator, done: Concluding): Promise<Conclusion> {
  const check = checkKakao(sens, await ledgerSides(done.ledger, done.watched.campaign.id));
  const { verdicts, unknowns, metrics } = check;
  const proof = drawKakaoCheck(check, cli.terminal.outPaint);
  const list = "the list of the KakaoTalk campaign";
  const limit = limitOf({ config, up: null }, sensRouteName);
  return await conclusion(cli, done, { verdicts, unknowns: unknowns.length, metrics, limit, proof, list });
}

async function conclusion(
  { terminal: { out, outPaint } }: Cli,
  { ledger, imported, watched }: Concluding,
  checked: {
    verdicts: Verdict[];
    unknowns: number;
    metrics: unknown;
    limit: RouteLimit | null;
    proof: string;
    list: string;
  },
): Promise<Conclusion> {
  const { verdicts, unknowns, metrics, limit, proof, list } = checked;
  const report = await campaignReport(ledger.sql, { campaignId: watched.campaign.id });
  if (report === null) throw new TypeError("the demo's campaign is gone");
  const isKept = verdicts.every((verdict) => verdict.isKept || !verdict.isPromise);
  const reasonWidth = out.isTTY ? Math.max(40, out.columns - 32) : Number.POSITIVE_INFINITY;
  const rejected = drawTable(
    [{ header: "LINE", align: "right" }, { header: "ROW NOT TAKEN" }, { header: "REASON", maxWidth: reasonWidth }],
    imported.rejections.map(({ line, code, reason }) => [String(line), code, reason]),
    outPaint,
  );
  const text = [
    `\n${drawReport(report, { limit }, outPaint)}`,
    `${outPaint.bold(`Rows not taken from ${list}`)}\n${rejected}`,
    proof,
  ].join("\n");
  return { isKept, text, json: resultOf(report, imported, { isKept, verdicts, unknowns, metrics }) };
}

function tellConclusions({ terminal }: Cli, options: DemoOptions, [sms, kakao]: readonly Conclusion[]): boolean {
  const { out, err, errPaint } = terminal;
  if (sms === undefined) return false;
  const isKept = sms.isKept && (kakao?.isKept ?? true);
  if (options.json) {
    const result = kakao === undefined ? sms.json : { promisesKept: isKept, sms: sms.json, kakao: kakao.json };
    out.write(`${JSON.stringify(result, null, 2)}\n`);
  } else out.write([sms.text, ...(kakao === undefined ? [] : [kakao.text])].join("\n"));
  if (!isKept) err.write(`${errPaint.red("A promise is broken; see above.")}\n`);
  return isKept;
}

/** First and second legs, as far as they are compared. */
async function ledgerSides(
  { sql }: Ledger,
  campaignId: string,
): Promise<{ first: LedgerSide[]; second: LedgerSide[] }> {
  const sides: { first: LedgerSide[]; second: LedgerSide[] } = { first: [], second: [] };
  for await (const page of streamMessages(sql, { campaignId })) {
    for (const { recipient, state, acceptedAt, leg } of page)
      sides[leg === 1 ? "first" : "second"].push({ recipient, state, isAccepted: acceptedAt !== null });
  }
  return sides;
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
