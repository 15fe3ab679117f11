import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, type Ledger, migrate } from "@hikyaku/ledger";
import { type SimulatorOptions, type SimulatorProcess, simulatedRoute, spawnSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, type NodeProcess, spawnNode } from "@hikyaku/testkit";

export type AppName = "worker" | "poller" | "receiver";

export interface TestSystem extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly simulator: SimulatorProcess;
  /** Where the configuration stands. */
  readonly configFile: string;
  /** Writes further lines into it, for processes that start afterwards. */
  configure(config: Record<string, unknown>): Promise<void>;
  /** One of the simulator's control calls; answers its JSON. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Starts a real process of the app and waits until it says that it runs. */
  start(app: AppName): Promise<NodeProcess & { url: string }>;
}

const account = { botId: "bot_0001", user: "user", password: "password", smsNumbers: ["0312345678"] };
export const { botId } = account;
/** Those of an account that may use +Message; where a test doesn't ask for them it is one for SMS alone. */
const plusTokens = { au: "au-token", docomo: "docomo-token", softbank: "softbank-token" };
export const route = "coupon-sms";

export const hookSecret = "a-secret-of-the-test-1234";

/**
 * A ledger, a Redis and a gateway simulator, with a configuration to match; the apps are started by the test, as real
 * processes, so that it can kill them.
 */
export async function startSystem(
  options: {
    tps?: number | null;
    concurrency?: number;
    /** An account with the carriers' tokens. */
    plusMessage?: boolean;
    simulator?: SimulatorOptions;
    /** Further lines of the configuration: top level, and under the route. */
    config?: Record<string, unknown>;
    routeConfig?: Record<string, unknown>;
    /** A private Redis or PostgreSQL, for tests that flush or stop it. */
    redis?: { url: string };
    database?: { url: string };
  } = {},
): Promise<TestSystem> {
  const stack = new AsyncDisposableStack();
  const database = options.database ?? stack.use(await createDatabase());
  const redis = options.redis ? { url: options.redis.url, redisPrefix: "hikyaku" } : stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-engine-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));

  const tokens = options.plusMessage ? plusTokens : ("smsonly" as const);
  const simulator = stack.use(
    await spawnSimulator({
      strict: true,
      acceptDelayMs: 1,
      timing: { sentAfterMs: 20, deliveredAfterMs: 30, displayedAfterMs: 40, moAfterMs: 50 },
      accounts: [{ ...account, tokens, tps: options.tps ?? 100_000, concurrency: options.concurrency ?? 20 }],
      ...options.simulator,
    }),
  );
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${simulator.controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const file = join(folder, "hikyaku.yaml");
  const configure = (more: Record<string, unknown>) =>
    writeFile(
      file,
      JSON.stringify({
        databaseUrl: database.url,
        redisUrl: redis.url,
        redisPrefix: redis.redisPrefix,
        logLevel: "info",
        receiver: { port: 0, host: "127.0.0.1" },
        worker: { healthPort: 0 },
        poller: { healthPort: 0, interval: "100ms" },
        feed: { interval: "50ms" },
        ...options.config,
        ...more,
        routes: {
          [route]: {
            ...simulatedRoute(`${simulator.gatewayUrl}/au`, { ...account, tokens }),
            limits: { tps: options.tps === undefined ? null : options.tps, concurrency: options.concurrency ?? 20 },
            hooks: { secret: hookSecret },
            ...options.routeConfig,
          },
        },
      }),
    );
  await configure({});

  const start = async (app: AppName) => {
    const process = stack.use(
      spawnNode(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url), { env: { HIKYAKU_CONFIG: file } }),
    );
    const [, url = ""] = await process.ready(new RegExp(`"url":"([^"]+)".*"msg":"${app} started"`));
    if (app === "receiver") {
      const hook = `${url}/hooks/${route}/${hookSecret}`;
      await control("PUT", `/sim/accounts/${botId}`, {
        ...{ smsResultUrl: `${hook}/sms-result`, moUrl: `${hook}/sms-mo`, webhookUrl: `${hook}/webhook` },
      });
    }
    return Object.assign(process, { url });
  };

  return {
    ledger,
    databaseUrl: database.url,
    redisUrl: redis.url,
    redisPrefix: redis.redisPrefix,
    simulator,
    configFile: file,
    configure,
    control,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
