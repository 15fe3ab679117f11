import { randomUUID } from "node:crypto";
import type { SecondLegPlan } from "@hikyaku/core";
import {
  appendRows,
  beginImport,
  connectLedger,
  createCampaign,
  finishImport,
  type Ledger,
  listMessages,
  type MessageRow,
  migrate,
  type NewCampaign,
  newId,
  startCampaign,
  storeReceipts,
} from "@hikyaku/ledger";
import { createDatabase, createRedis, type NodeProcess, spawnNode, waitFor } from "@hikyaku/testkit";
import { startTwoLegGateway, type TwoLegGateway } from "./gateway.ts";
import { type Clock, type PartOptions, startPart } from "./part.ts";
import type { TwoLegContent } from "./provider.ts";

export const route = "plus";
export const otherRoute = "backup";

export interface TwoLegSystem extends AsyncDisposable {
  ledger: Ledger;
  gateway: TwoLegGateway;
  /** In this process; delivery windows go by the clock given. */
  start(kind: "worker" | "poller", now?: Clock): Promise<{ close(): Promise<void> }>;
  /** As a process, which a test may kill. */
  spawn(kind: "worker" | "poller"): Promise<NodeProcess>;
  /** A running campaign; its recipients are numbered from 1. */
  campaign(count: number, options?: Partial<NewCampaign> & { content?: TwoLegContent }): Promise<string>;
  /** All messages of a campaign, first legs before second. */
  messages(campaignId: string, leg?: 1 | 2): Promise<MessageRow[]>;
  /** A notification of the carrier, as the receiver stores it. */
  notify(msgId: string | undefined, state: string): Promise<void>;
}

export const plan: SecondLegPlan = { afterMs: 1_500, onUnknown: false, onRejected: false };

export function recipientOf(number: number): string {
  return `+8190${String(number).padStart(8, "0")}`;
}

/** A ledger, a Redis and a gateway of two channels; workers and pollers are started by the test. */
export async function startTwoLegSystem(options: { redis?: { url: string } } = {}): Promise<TwoLegSystem> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = options.redis ? { url: options.redis.url, redisPrefix: "hikyaku" } : stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const gateway = stack.use(await startTwoLegGateway());
  const part: PartOptions = {
    databaseUrl: database.url,
    redisUrl: redis.url,
    redisPrefix: redis.redisPrefix,
    gatewayUrl: gateway.url,
    accounts: [route, otherRoute],
  };
  const { sql } = ledger;

  return {
    ledger,
    gateway,
    async start(kind, now) {
      const started = await startPart(kind, part, now);
      let closing: Promise<void> | undefined;
      const close = () => {
        closing ??= started.close();
        return closing;
      };
      stack.defer(close);
      return { close };
    },
    async spawn(kind) {
      const entry = new URL("part-process.ts", import.meta.url);
      const process = stack.use(spawnNode(entry, { args: [kind, JSON.stringify(part)] }));
      await process.ready(/started/);
      return process;
    },
    async campaign(count, given = {}) {
      const id = newId();
      const campaign = { id, key: id, name: "test", route, variables: ["n"], requestHash: Buffer.from("hash") };
      const content = { card: "card #{n}", sms: "sms #{n}" };
      await createCampaign(sql, { ...campaign, content, fallback: plan, ...given });
      await beginImport(sql, { campaignId: id });
      const rows = Array.from({ length: count }, (_, index) => ({
        ...{ id: newId(), recipient: recipientOf(index + 1), line: index + 1, segments: 1, vars: [String(index + 1)] },
      }));
      const progress = { rows: count, digest: Buffer.from("d"), rejected: 0, duplicates: 0 };
      await appendRows(sql, { campaignId: id, route, round: 1, rows, progress });
      await finishImport(sql, { campaignId: id, rejectedRows: 0, digest: progress.digest });
      await startCampaign(sql, { campaignId: id });
      return id;
    },
    messages: (campaignId, leg) => listMessages(sql, { campaignId, limit: 10_000, ...(leg && { leg }) }),
    async notify(msgId, state) {
      await waitFor(async () => (await sql`select from message where provider_message_id = ${msgId ?? ""}`).length > 0);
      await storeReceipts(sql, [
        {
          ...{ id: newId(), route, kind: "receipt", dedupeKey: randomUUID(), body: "{}", status: "pending" },
          ...{ providerMessageId: msgId ?? "", reportedState: state, rawStatus: state, receivedAt: new Date() },
        },
      ]);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
