import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendRows,
  beginImport,
  campaignCounts,
  connectLedger,
  createCampaign,
  finishImport,
  insertMessage,
  type Ledger,
  listMessages,
  type MessageRow,
  migrate,
  type NewCampaign,
  newId,
  startCampaign,
} from "@hikyaku/ledger";
import { createProducer, type Producer } from "@hikyaku/producer";
import { connectRedis, openSendQueue } from "@hikyaku/queue";
import { type SensSimulator, type SensSimulatorOptions, startSensSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, type NodeProcess, spawnNode, waitFor } from "@hikyaku/testkit";

export const route = "kakao";
export const smsRoute = "korean-sms";

export interface SensSystem extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly simulator: SensSimulator;
  /** Starts a real process of the app and waits until it says that it runs. */
  start(app: "worker" | "poller"): Promise<NodeProcess>;
  /** As a program of the user's beside the system. A worker must have published the routes. */
  openProducer(): Promise<Producer>;
  /** A running campaign to these numbers by the template NOTICE01, with an SMS in its place where `failover` says so. */
  campaign(
    recipients: readonly string[],
    given?: Partial<NewCampaign> & { failover?: unknown; reserve?: unknown },
  ): Promise<string>;
  /** A single message by the same template, put into the queue. */
  single(recipient: string): Promise<string>;
  messages(campaignId: string, leg?: 1 | 2): Promise<MessageRow[]>;
  /** Waits until so many of the campaign's first legs are in each of these states; fails with what there is instead. */
  reached(campaignId: string, counts: Record<string, number>, timeoutMs?: number): Promise<void>;
}

/** The `n`-th number to which the simulator delivers without a hitch: its last four digits are none of the magic ones. */
export function numberOf(n: number): string {
  return `+8210${1_000 + Math.floor(n / 2_000)}${1_000 + (n % 2_000)}`;
}

/** A number that the simulator treats as its last four digits say; `n` makes several of them. */
export function fateOf(digits: string, n = 1): string {
  return `+8210${String(9_000 + n)}${digits}`;
}

/** The text of an approved template of the simulator's account. */
const text = "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.";

/**
 * A ledger, a Redis and a strict SENS in this process, whose network takes no time worth waiting for, and a configuration to match. The apps
 * are started by the test as processes, so that it can kill them.
 */
export async function startSensSystem(
  options: {
    simulator?: SensSimulatorOptions;
    limits?: { tps: number | null; concurrency: number };
    /** Further lines of the configuration: top level, and under the route. */
    config?: Record<string, unknown>;
    routeConfig?: Record<string, unknown>;
  } = {},
): Promise<SensSystem> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-sens-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const simulator = stack.use(
    await startSensSimulator({
      strict: true,
      timing: { resultMs: 20, listedAfterMs: 0, failoverMs: 20, smsMs: 20 },
      ...options.simulator,
    }),
  );
  const account = { baseUrl: simulator.gatewayUrl, accessKey: "TestAccessKey", secretKey: "TestSecretKey" };
  const shared = {
    ...account,
    receiptGrace: "200ms",
    lookUp: { after: "500ms" },
    limits: options.limits ?? { tps: null, concurrency: 10 },
  };
  const file = join(folder, "hikyaku.yaml");
  await writeFile(
    file,
    JSON.stringify({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.redisPrefix,
      worker: { healthPort: 0 },
      poller: { healthPort: 0, interval: "100ms" },
      feed: { interval: "50ms" },
      heartbeat: { every: "200ms", deadAfter: "4s" },
      ...options.config,
      routes: {
        [route]: {
          provider: "sens",
          serviceId: simulator.alimtalkServiceId,
          plusFriendId: "@demo_shop",
          smsNumber: "0200000000",
          ...shared,
          ...options.routeConfig,
        },
        [smsRoute]: { provider: "sens-sms", serviceId: simulator.smsServiceId, smsNumber: "0200000000", ...shared },
      },
    }),
  );
  const { sql } = ledger;
  const connections = connectRedis({ url: redis.url });
  stack.defer(() => connections.closeAll());
  const queue = openSendQueue({ connections, prefix: redis.redisPrefix, route });
  stack.defer(() => queue.close());

  return {
    ledger,
    simulator,
    async start(app) {
      const entry = new URL(`../../../../apps/${app}/src/main.ts`, import.meta.url);
      const process = stack.use(spawnNode(entry, { env: { HIKYAKU_CONFIG: file } }));
      await process.ready(new RegExp(`"msg":"${app} started"`));
      return process;
    },
    openProducer: async () =>
      stack.use(
        await createProducer({ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix }),
      ),
    async campaign(recipients, { failover = false, reserve, ...given } = {}) {
      const id = newId();
      await createCampaign(sql, {
        ...{
          id,
          key: id,
          name: "test",
          route,
          variables: ["고객명", "매장", "일시"],
          requestHash: Buffer.from("hash"),
        },
        content: { templateCode: "NOTICE01", text, failover, ...(reserve === undefined ? {} : { reserve }) },
        ...given,
      });
      await beginImport(sql, { campaignId: id });
      const digest = createHash("sha256").digest();
      const rows = recipients.map((recipient, index) => ({
        ...{ id: newId(), recipient, line: index + 1, segments: 1, vars: [`손님 ${index + 1}`, "역삼점", "3월 1일"] },
      }));
      const progress = { rows: rows.length, digest, rejected: 0, duplicates: 0 };
      await appendRows(sql, { campaignId: id, route: given.route ?? route, round: 1, rows, progress });
      await finishImport(sql, { campaignId: id, rejectedRows: 0, digest });
      await startCampaign(sql, { campaignId: id });
      return id;
    },
    async single(recipient) {
      const id = newId();
      const content = { templateCode: "NOTICE01", text, failover: false };
      await insertMessage(sql, { id, route, recipient, content, vars: ["손님", "역삼점", "3월 1일"], segments: 1 });
      await queue.addSingle(id);
      return id;
    },
    messages: (campaignId, leg) => listMessages(sql, { campaignId, limit: 10_000, ...(leg && { leg }) }),
    async reached(campaignId, wanted, timeoutMs = 90_000) {
      let counts: Record<string, number> = {};
      const isThere = async () => {
        counts = { ...(await campaignCounts(sql, { campaignId, leg: 1 })) };
        return Object.entries(wanted).every(([state, count]) => counts[state] === count);
      };
      await waitFor(isThere, { what: JSON.stringify(wanted), timeoutMs }).catch((err: Error) => {
        throw new Error(`${err.message}; there is ${JSON.stringify(counts)}`);
      });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
