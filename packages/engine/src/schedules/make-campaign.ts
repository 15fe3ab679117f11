import { mayGoOn } from "@hikyaku/core";
import { endRun, findCampaign, holdRun, type OpenRun, type RunEnd, readList, type Sql } from "@hikyaku/ledger";
import {
  type EnqueueRequest,
  HikyakuError,
  ImportBusyError,
  LedgerNotReadyError,
  type Producer,
  type Recipient,
} from "@hikyaku/producer";
import { createTemplateRefresh } from "@hikyaku/producer/due-check";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";

export interface CampaignMakerDeps {
  readonly sql: Sql;
  readonly openProducer: () => Promise<Producer>;
  /** For so long the run is this process's own; renewed while it works. */
  readonly leaseMs: number;
  /** Stops imports where they are. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const longestName = 200;

/** Makes the campaign of a run that this process has taken, or goes on with it, and starts it. Never throws. */
export function createCampaignMaker({ sql, openProducer, leaseMs, signal, log, metrics }: CampaignMakerDeps) {
  const refreshTemplates = createTemplateRefresh(sql);
  const end = async (run: OpenRun, how: Omit<RunEnd, "scheduleId" | "day">): Promise<void> => {
    const { scheduleId, day, code: schedule, dueAt, campaignKey } = run;
    if (!(await endRun(sql, { scheduleId, day, ...how }))) return;
    metrics.scheduleRuns.inc({ result: how.state });
    const { campaignId, recipients, rejected, reason: why } = how;
    if (how.state === "started") {
      log.info({ schedule, day, campaignKey, campaignId, recipients, rejected }, "scheduled campaign started");
    } else if (how.state === "missed") {
      log.error({ schedule, day, dueAt, why }, "a scheduled run was missed");
    } else {
      log.error({ schedule, day, campaignKey, why }, "a scheduled campaign cannot be made");
    }
  };

  /** What nobody has gone on with until its time had passed is not sent. What was started by then is. */
  const giveUp = async (run: OpenRun, producer: Producer): Promise<void> => {
    const campaign = await findCampaign(sql, { key: run.campaignKey });
    if (campaign && !["draft", "importing", "ready", "cancelled"].includes(campaign.state)) {
      return await end(run, { state: "started", campaignId: campaign.id });
    }
    if (campaign && campaign.state !== "cancelled") await producer.cancelCampaign({ id: campaign.id });
    const reason = "it was interrupted, and its time had passed before anybody could go on";
    await end(run, { state: "missed", campaignId: campaign?.id ?? null, reason });
  };

  const make = async (run: OpenRun): Promise<void> => {
    const producer = await openProducer();
    if (!mayGoOn({ ...run, policy: run.missed })) return await giveUp(run, producer);
    const { template, campaignKey, code, day } = run;
    const unread = await refreshTemplates([template.route, template.fallbackRoute].filter(isName));
    if (unread.length > 0) {
      log.warn({ schedule: code, day, routes: unread }, "a scheduled campaign is made by the copy of its template");
    }
    const name = `${template.name ?? code} ${day}`.slice(0, longestName);
    const { id, recipients, rejected } = await producer.enqueueCampaign({
      ...template,
      ...{ key: campaignKey, name, recipients: recipientsOf(sql, run), lineOf: (row) => row[lineOfRow], signal },
    } as EnqueueRequest<ListedRow>);
    const facts = { campaignId: id, recipients, rejected };
    if (recipients > 0) return await end(run, { state: "started", ...facts });
    await end(run, {
      state: "failed",
      ...facts,
      reason: "none of the recipients can be messaged; see its rejected rows",
    });
  };

  return async (run: OpenRun): Promise<void> => {
    const hold = (ms: number) => holdRun(sql, { scheduleId: run.scheduleId, day: run.day, leaseMs: ms });
    // A lease that could not be renewed is no fault: the import has a lock of its own.
    const holding = setInterval(() => void hold(leaseMs).catch(() => {}), leaseMs / 3);
    try {
      await make(run);
    } catch (err) {
      if (signal.aborted) await hold(0).catch(() => {});
      else if (isFinal(err))
        await end(run, { state: "failed", reason: err.message }).catch((fault) => tellRetry(run, fault));
      else tellRetry(run, err);
    } finally {
      clearInterval(holding);
    }
  };

  function tellRetry({ code: schedule, day, campaignKey }: OpenRun, err: unknown): void {
    log.error({ err, schedule, day, campaignKey }, "a scheduled campaign could not be made; trying again");
  }
}

/** The request itself is refused, now and later; anything else may be over by the next try. */
function isFinal(error: unknown): error is HikyakuError {
  return (
    error instanceof HikyakuError && !(error instanceof ImportBusyError) && !(error instanceof LedgerNotReadyError)
  );
}

function isName(route: unknown): route is string {
  return typeof route === "string";
}

const lineOfRow = Symbol("line");
type ListedRow = Recipient & { readonly [lineOfRow]: number };

async function* recipientsOf(sql: Sql, { list, variables }: OpenRun): AsyncGenerator<ListedRow> {
  for await (const { line, to, values } of readList(sql, { list })) {
    yield { to, ...Object.fromEntries(variables.map((name, index) => [name, values[index]])), [lineOfRow]: line };
  }
}
