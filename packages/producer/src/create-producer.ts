import { hostname, userInfo } from "node:os";
import { connectLedger, listRoutes, openImportLocks, type Sql } from "@hikyaku/ledger";
import * as z from "zod";
import { controlCampaigns } from "./campaigns/control-campaigns.ts";
import { enqueueCampaign } from "./campaigns/enqueue-campaign.ts";
import { previewCampaign } from "./campaigns/preview-campaign.ts";
import { lintForRoute, previewForRoute } from "./content/check-content.ts";
import { LedgerNotReadyError } from "./errors/request-errors.ts";
import { openJobHandoff } from "./handoff/job-handoff.ts";
import { readInbound } from "./inbound/read-inbound.ts";
import { sendMessage } from "./messages/send-message.ts";
import type { Producer } from "./producer.ts";
import { callback, label, readFields } from "./request/read-fields.ts";
import { createRouteBook } from "./routes/route-book.ts";
import { controlSchedules } from "./schedules/control-schedules.ts";

export interface ProducerOptions {
  /** `postgres://…` of the running system's ledger. */
  databaseUrl: string;
  /** `redis://…` of the running system. When it is away, messages are safe all the same, only slower. */
  redisUrl: string;
  /** As in the running system's configuration. Default `hikyaku`. */
  redisPrefix?: string;
  /** Who acts, for the audit of rules that are set aside. Default: the user and host this process runs as. */
  actor?: string;
  /** Connections to the database at most, one more while importing. Default 4. */
  databaseConnections?: number;
  /** Told of errors that no call fails by, such as a lost connection to Redis. Default: nobody. */
  onError?: (error: Error) => void;
}

const url = (schemes: string, pattern: RegExp) => z.string(schemes).regex(pattern, schemes);

const optionsSchema = z.strictObject(
  {
    databaseUrl: url("a postgres:// URL", /^postgres(?:ql)?:\/\/./),
    redisUrl: url("a redis:// or rediss:// URL", /^rediss?:\/\/./),
    redisPrefix: z
      .string()
      .regex(/^[\w.-]+$/, 'letters, digits, ".", "_" and "-"')
      .optional(),
    actor: label.optional(),
    databaseConnections: z.int("a whole number of at least 1").min(1, "a whole number of at least 1").default(4),
    onError: callback.optional(),
  },
  "an object with databaseUrl and redisUrl",
);

/**
 * Connects to a running system. It needs no configuration: routes and their rules stand in the ledger.
 *
 * @throws InvalidRequestError naming the option at fault
 * @throws LedgerNotReadyError when the database does not answer or was never migrated
 */
export async function createProducer(options: ProducerOptions): Promise<Producer> {
  const checked = readFields(optionsSchema, options);
  const { databaseUrl, redisUrl, redisPrefix, databaseConnections, actor = thisUser() } = checked;
  const { onError = () => {} } = options;
  const ledger = connectLedger(databaseUrl, { max: databaseConnections, applicationName: "hikyaku producer" });
  const { sql } = ledger;
  try {
    await checkLedger(sql);
  } catch (error) {
    await ledger.close();
    throw error;
  }
  const handoff = openJobHandoff({ url: redisUrl, prefix: redisPrefix, onError });
  const routes = createRouteBook(sql);
  const locks = openImportLocks(databaseUrl);
  const { wakeFeeder } = handoff;
  const campaigns = { sql, locks, routes, actor, wakeFeeder };

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= Promise.all([handoff.close(), locks.close(), ledger.close()]).then(() => {});
    return closing;
  };
  return {
    ...controlCampaigns(campaigns),
    ...controlSchedules(campaigns),
    enqueueCampaign: (request) => enqueueCampaign(campaigns, request),
    previewCampaign: (request) => previewCampaign(campaigns, request),
    lintContent: (request) => lintForRoute({ sql, routes }, request),
    previewContent: (request) => previewForRoute(routes, request),
    inbound: (request = {}) => readInbound({ sql, routes }, request),
    sendMessage: (request, sendOptions) => sendMessage({ sql, routes, handoff, actor }, request, sendOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function thisUser(): string {
  let name = "unknown";
  try {
    name = userInfo().username;
  } catch {
    // A container may run as a number that has no name.
  }
  return `producer:${name}@${hostname()}`;
}

async function checkLedger(sql: Sql): Promise<void> {
  try {
    await listRoutes(sql);
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    throw new LedgerNotReadyError(
      code === "42P01"
        ? "databaseUrl: this database has no Hikyaku tables; run `hikyaku migrate` on it, or correct the URL"
        : `databaseUrl: the database does not answer (${message}); start it, or correct the URL`,
      cause,
    );
  }
}
