import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Config, requireConfig } from "@hikyaku/config";
import { migrate } from "@hikyaku/ledger";
import { routeSchemas } from "@hikyaku/providers";
import {
  type SensSimulator,
  type Simulator,
  type SimulatorOptions,
  simulatedRoute,
  simulatedSensRoute,
  startSensSimulator,
  startSimulator,
} from "@hikyaku/simulator";
import { startStack } from "@hikyaku/testkit";
import { CliError } from "../cli-error.ts";
import { messageOf, placeOf } from "../connection/use-ledger.ts";
import { endText, type KeptApp, keepRunning } from "./keep-running.ts";
import { rehearsalChannel, type rehearsalSens } from "./sens-simulator-account.ts";
import { newHookSecret, type SignIn, systemConfig, systemPorts } from "./system-config.ts";

export interface SystemOptions {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** The operator's configuration, as it stands (empty without a file) and read. Called again by `reload`. */
  load: () => Promise<{ text: string; config: Config }>;
  /** For the servers' data and the files of a running system. */
  dataDir: string;
  /** The servers keep nothing: they and their data go with the system. */
  isTemporary?: boolean;
  /** Start the gateway simulator, and add a route `simulator` to it, with these settings beside those it needs. */
  simulator: { options: SimulatorOptions; routeSettings?: Record<string, unknown> } | null;
  /** The same of a simulated NAVER Cloud SENS, whose route is `sens-simulator`. */
  sensSimulator?: { options: ReturnType<typeof rehearsalSens>; routeSettings?: Record<string, unknown> } | null;
  signIn: SignIn;
  /** What is being done, and what went wrong by itself. */
  tell: (line: string) => void;
  /** Every line an app prints. */
  onLog: (app: string, line: string) => void;
}

/** A running system: servers, apps, perhaps the simulator. */
export interface System {
  databaseUrl: string;
  redisUrl: string;
  /** As the apps have it: the simulated route included. */
  config: Config;
  configFile: string;
  consoleUrl: string;
  receiverUrl: string;
  simulator: Simulator | null;
  sensSimulator: SensSimulator | null;
  /** Process numbers of the apps, by name. */
  pids(): Record<string, number | undefined>;
  /** Reads the configuration again and tells the apps: limits change at once. @throws what `load` throws */
  reload(): Promise<void>;
  /** Lets every app finish, then stops the servers. False when an app did not end in order. */
  close(): Promise<boolean>;
  /** Ends everything at once. */
  kill(): void;
}

const appNames = ["receiver", "worker", "poller", "console"] as const;
type AppName = (typeof appNames)[number];
const entries = Object.fromEntries(
  appNames.map((name) => [name, new URL(`../../../${name}/src/main.ts`, import.meta.url)]),
) as Record<AppName, URL>;

export const simulatedRouteName = "simulator";
export const sensRouteName = "sens-simulator";

/** With servers of our own, a drain after the end of this process is in vain: they go with it. */
const orphanDrainMs = 3_000;

/**
 * Starts everything in the order in which it needs each other: servers, schema, simulator, receiver, then the rest.
 * What was started is stopped again when something fails.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { cwd, dataDir, signIn, tell, onLog } = options;
  const kept: KeptApp[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  const closeServers = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    const first = await options.load();
    const given = { DATABASE_URL: first.config.databaseUrl ?? "", REDIS_URL: first.config.redisUrl ?? "" };
    const stack = await startStack({
      env: { ...options.env, ...given },
      dataDir: options.isTemporary ? undefined : dataDir,
      log: tell,
    });
    closers.push(() => stack.close());
    const { databaseUrl, redisUrl } = stack;
    const { applied } = await migrate(databaseUrl).catch((cause: unknown) => {
      throw new CliError(`PostgreSQL at ${placeOf(databaseUrl)} could not be migrated: ${messageOf(cause)}.`, {
        mend: "Check DATABASE_URL, and that its user may create tables.",
        cause,
      });
    });
    if (applied.length > 0) tell(`schema migrated: ${applied.join(", ")}`);

    const simulator = options.simulator === null ? null : await startSimulator(options.simulator.options);
    if (simulator !== null) closers.push(() => simulator.close());
    const sensOptions = options.sensSimulator ?? null;
    const sensSimulator = sensOptions === null ? null : await startSensSimulator(sensOptions.options);
    if (sensSimulator !== null) closers.push(() => sensSimulator.close());
    const simulatedRoutes = [
      ...(simulator === null ? [] : [simulatedRouteOf(simulator, options.simulator)]),
      ...(sensSimulator === null || sensOptions === null ? [] : [simulatedSensRouteOf(sensSimulator, sensOptions)]),
    ];
    const ports = await systemPorts(first.config);
    const configFile = join(dataDir, "up.yaml");
    const writeConfig = async ({ text, config }: { text: string; config: Config }) => {
      await writeFile(configFile, systemConfig({ text, config, simulatedRoutes, signIn, ports }), { mode: 0o600 });
      return await requireConfig({ env, cwd, routeSchemas, file: configFile });
    };
    const env = { ...options.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, HIKYAKU_CONFIG: configFile };
    const config = await writeConfig(first);

    const isGiven = stack.origin.postgres === "given" && stack.origin.redis === "given";
    const drainMs = isGiven ? config.shutdownGraceMs + 5_000 : orphanDrainMs;
    const start = async (name: AppName) => {
      const app = await keepRunning({
        name,
        entry: entries[name],
        env,
        cwd,
        drainMs,
        tell,
        onLine: (line) => onLog(name, line),
      });
      kept.push(app);
      return app;
    };
    // The receiver before anything is sent: a notification may be faster than our own commit.
    const receiver = await start("receiver");
    const receiverUrl = receiver.url ?? `http://127.0.0.1:${ports.receiver}`;
    if (simulator !== null) registerHooks(simulator, config, receiverUrl);
    const others = await Promise.allSettled([start("worker"), start("poller"), start("console")]);
    for (const other of others) if (other.status === "rejected") throw other.reason;
    const consoleUrl = kept.find(({ name }) => name === "console")?.url ?? `http://127.0.0.1:${ports.console}`;

    return {
      ...{ databaseUrl, redisUrl, config, configFile, consoleUrl, receiverUrl, simulator, sensSimulator },
      pids: () => Object.fromEntries(kept.map(({ name, pid }) => [name, pid])),
      async reload() {
        await writeConfig(await options.load());
        for (const app of kept) app.signal("SIGHUP");
      },
      async close() {
        const isClean = await stopApps(kept, tell);
        await closeServers();
        return isClean;
      },
      kill() {
        for (const app of kept) app.kill();
      },
    };
  } catch (error) {
    await stopApps(kept, tell);
    await closeServers();
    throw error;
  }
}

/** Nobody sends any more before the receiver goes: what comes back for the last messages is still taken. */
async function stopApps(kept: readonly KeptApp[], tell: (line: string) => void): Promise<boolean> {
  let isClean = true;
  for (const app of kept) app.letGo();
  const stop = async (app: KeptApp) => {
    const end = await app.stop();
    if (end.code === 0) return;
    isClean = false;
    tell(`${app.name} did not end in order (${endText(end)})`);
  };
  await Promise.all(kept.filter(({ name }) => name !== "receiver").map(stop));
  await Promise.all(kept.filter(({ name }) => name === "receiver").map(stop));
  return isClean;
}

function simulatedRouteOf(simulator: Simulator, wanted: SystemOptions["simulator"]) {
  const [account] = simulator.accounts();
  const [credentials] = wanted?.options.accounts ?? [];
  if (account === undefined || credentials === undefined) throw new TypeError("the simulator needs an account");
  return {
    name: simulatedRouteName,
    settings: {
      ...simulatedRoute(account.baseUrl, { ...credentials, botId: account.botId, smsNumbers: account.smsNumbers }),
      limits: { tps: account.tps, concurrency: account.concurrency },
      hooks: { secret: newHookSecret() },
      ...wanted?.routeSettings,
    },
  };
}

function simulatedSensRouteOf(
  { gatewayUrl, alimtalkServiceId }: SensSimulator,
  { options: { accessKey, secretKey }, routeSettings }: NonNullable<SystemOptions["sensSimulator"]>,
) {
  const settings = simulatedSensRoute({ gatewayUrl, alimtalkServiceId, accessKey, secretKey, ...rehearsalChannel });
  return { name: sensRouteName, settings: { ...settings, ...routeSettings } };
}

function registerHooks(simulator: Simulator, config: Config, receiverUrl: string): void {
  const secret = config.routes[simulatedRouteName]?.hooks?.secret;
  const [account] = simulator.accounts();
  if (secret === undefined || account === undefined) return;
  const hook = `${receiverUrl}/hooks/${simulatedRouteName}/${secret}`;
  simulator.setAccount(account.botId, {
    ...{ smsResultUrl: `${hook}/sms-result`, moUrl: `${hook}/sms-mo`, webhookUrl: `${hook}/webhook` },
  });
}
