import { mkdir, readFile, rm } from "node:fs/promises";
import { ConfigError, formatFault, requireConfig } from "@hikyaku/config";
import { routeSchemas } from "@hikyaku/providers";
import type { Command } from "commander";
import type { Cli, ExitCode, GlobalOptions } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { dataDirOf } from "../connection/find-stack.ts";
import { messagesPerRequest } from "../connection/route-limits.ts";
import { printResult } from "../output/print-result.ts";
import { identifyProcess } from "../running/process-identity.ts";
import { findUp, removeUpFile, upFileOf, writeUpFile } from "../running/up-file.ts";
import { describedSens, describeSystem, drawSystem } from "../system/describe-system.ts";
import { AppStartError } from "../system/keep-running.ts";
import { readableLogLine } from "../system/log-line.ts";
import { rehearsalSens } from "../system/sens-simulator-account.ts";
import { keptSignIn } from "../system/sign-in.ts";
import { rehearsalSimulator } from "../system/simulator-account.ts";
import { type System, sensRouteName, simulatedRouteName, startSystem } from "../system/start-system.ts";

interface UpOptions extends GlobalOptions {
  simulator?: boolean;
  sensSimulator?: boolean;
  showSecrets?: boolean;
}

export function addUp(program: Command, cli: Cli): void {
  program
    .command("up")
    .description("run everything here: servers, worker, poller, receiver and console")
    .option("--simulator", `start the gateway simulator too, with a route \`${simulatedRouteName}\` to it`)
    .option("--sens-simulator", `start a simulated NAVER Cloud SENS too, with a route \`${sensRouteName}\` to it`)
    .option("--show-secrets", "print the hook URLs with their secrets")
    .addHelpText(
      "after",
      "\nPostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, else they are started here and keep their data in" +
        "\nthe data folder. Other commands find a running `up` by that folder. SIGHUP reads the configuration again.",
    )
    .action(cli.action(async (_own, command: Command) => await up(cli, command.optsWithGlobals<UpOptions>())));
}

async function up(cli: Cli, options: UpOptions): Promise<ExitCode> {
  const { cwd, env, terminal } = cli;
  const tell = (line: string) => terminal.err.write(`${line}\n`);
  const load = async () => {
    const config = await requireConfig({ env, cwd, routeSchemas, file: options.config });
    return { config, text: config.file === null ? "" : await readFile(config.file, "utf8") };
  };
  const { config } = await load();
  const dataDir = dataDirOf(cli, options, config);
  const other = await findUp(dataDir);
  if ("running" in other) {
    throw new CliError(`A \`hikyaku up\` runs on ${dataDir} already (process ${other.running.pid}).`, {
      mend: `Stop it (kill ${other.running.pid}), or give another folder by --data-dir.`,
    });
  }
  if (other.stale) {
    tell(`${upFileOf(dataDir)} was left by an \`up\` that did not end in order; it is replaced`);
    await rm(upFileOf(dataDir), { force: true });
  }
  await mkdir(dataDir, { recursive: true, mode: 0o711 });

  const interruption = cli.interruption();
  const signIn = await keptSignIn(dataDir);
  const system = await startSystem({
    ...{ env, cwd, load, dataDir, signIn, tell },
    simulator: options.simulator ? { options: rehearsalSimulator() } : null,
    sensSimulator: options.sensSimulator ? { options: rehearsalSens() } : null,
    onLog: (app, line) => tell(options.json ? line : readableLogLine(app, line, terminal.errPaint)),
  }).catch((error: unknown) => {
    if (!(error instanceof AppStartError)) throw error;
    const fault = error.portFault;
    if (fault !== null) {
      throw new CliError(`${fault.setting} ${fault.port}: ${fault.reason}.`, { exitCode: 2, cause: error });
    }
    throw new CliError(`${error.message}.`, { mend: "What it printed last stands above.", cause: error });
  });
  let isClean = true;
  try {
    await tellOthers(system, { dataDir, sourceFile: config.file });
    const description = describeSystem({
      ...system,
      generatedSignIn: signIn,
      simulator: system.simulator === null ? null : { ...urlsOf(system.simulator), route: simulatedRouteName },
      sensSimulator: describedSens(system.sensSimulator, sensRouteName),
      dataDir,
      showSecrets: options.showSecrets ?? false,
    });
    printResult(cli, options, description, (paint) => drawSystem(description, paint));
    if (Object.keys(system.config.routes).length === 0) {
      tell(
        "No routes are configured, so nothing can be sent: add one to hikyaku.yaml, or use --simulator or --sens-simulator.",
      );
    }
    if (!options.json) tell("Ready. Ctrl-C ends it.");
    const stopReloading = cli.onHangup(() => void reload(system, tell));
    interruption.twice.addEventListener("abort", () => system.kill(), { once: true });
    await aborted(interruption.once);
    stopReloading();
    tell("Draining: what is in flight at the gateway is waited for. Once more ends at once.");
  } finally {
    isClean = await system.close();
    await removeUpFile(dataDir);
  }
  tell(isClean ? "Stopped." : "Stopped, but not everything ended in order; see above.");
  return isClean ? 0 : 1;
}

async function tellOthers(
  { databaseUrl, redisUrl, config, configFile, ...system }: System,
  { dataDir, sourceFile }: { dataDir: string; sourceFile: string | null },
): Promise<void> {
  await writeUpFile(dataDir, {
    ...identifyProcess(process.pid),
    ...{ databaseUrl, redisUrl, redisPrefix: config.redisPrefix, configFile, sourceFile },
    consoleUrl: system.consoleUrl,
    receiverUrl: system.receiverUrl,
    simulator: system.simulator === null ? null : urlsOf(system.simulator),
    limits: Object.fromEntries(
      Object.values(config.routes).map((route) => [
        route.name,
        { ...route.limits, messagesPerRequest: messagesPerRequest(route) },
      ]),
    ),
  });
}

function urlsOf({ gatewayUrl, controlUrl }: { gatewayUrl: string; controlUrl: string }) {
  return { gatewayUrl, controlUrl };
}

async function reload(system: System, tell: (line: string) => void): Promise<void> {
  try {
    await system.reload();
    tell("The configuration was read again: limits are in force, everything else at the next start.");
  } catch (error) {
    const faults = error instanceof ConfigError ? error.faults.map(formatFault) : [String(error)];
    tell(
      `The configuration can't be used; the old one stays in force:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
