import type { MessageState } from "@hikyaku/core";
import {
  type CampaignCounts,
  type CampaignRow,
  campaignCounts,
  findCampaign,
  findRoute,
  owesLookUp,
  type Sql,
} from "@hikyaku/ledger";
import type { RouteLimit } from "@hikyaku/views";
import { lengthOfTime, moment } from "../output/format.ts";
import type { Progress } from "../output/progress.ts";
import { windowNotice } from "./class-lines.ts";

export interface WatchInput {
  sql: Sql;
  campaignId: string;
  progress: Progress;
  /** Of the route, where it is known. */
  limit: RouteLimit | null;
  /** `sent`: until nothing is left to send. `receipts`: until every message has its final answer. */
  until: "sent" | "receipts";
  /** For `receipts`: give up so long after the last message was sent. */
  patienceMs?: number;
  signal?: AbortSignal;
}

export interface Watched {
  campaign: CampaignRow;
  counts: CampaignCounts;
  /** `interrupted` and `out of patience`: it goes on without us. */
  end: "sent" | "finished" | "only unknown left" | "paused" | "cancelled" | "interrupted" | "out of patience";
}

const lookEveryMs = 300;
/** The rate shown is that of the last seconds. */
const rateSpanMs = 5_000;
/** Nothing moved for so long: say why. */
const quietMs = 10_000;

/** Shows how a campaign goes until it has come as far as was asked for. Reads counters only, so it costs the same at any size. */
export async function watchCampaign(input: WatchInput): Promise<Watched> {
  const { sql, campaignId, progress, limit, until, patienceMs, signal } = input;
  const startedAt = performance.now();
  const samples: { at: number; done: number }[] = [];
  let movedAt = startedAt;
  let sentAt = startedAt;
  let saidWhy = "";
  let wasOwed = true;
  for (;;) {
    const [campaign, counts] = await Promise.all([
      findCampaign(sql, { id: campaignId }),
      campaignCounts(sql, { campaignId }),
    ]);
    if (campaign === null) throw new Error(`Campaign ${campaignId} is gone: it was deleted while it was watched`);
    const now = performance.now();
    const isSending = counts.queued + counts.sending > 0;
    const done = isSending || until === "sent" ? doneSending(counts) : doneWaiting(counts);
    if (samples.at(-1)?.done !== done) movedAt = now;
    if (isSending) sentAt = now;
    samples.push({ at: now, done });
    while ((samples[1]?.at ?? Number.POSITIVE_INFINITY) < now - rateSpanMs) samples.shift();
    progress.update({
      label: isSending || until === "sent" ? "sending" : "receipts",
      done,
      total: toSend(counts),
      perSecond: perSecondOf(samples),
      // Shown beside messages a second, and it counts requests.
      limit: isSending && limit?.messagesPerRequest === 1 ? limit.tps : null,
      outcomes: outcomesOf(counts),
    });

    const end = endOf(campaign, counts, until);
    if (end === "only unknown left") {
      // What a look-up may yet clear up is waited for like a receipt. Two looks, as the counts of one may be older than its question.
      const isOwed = await owesLookUp(sql, { campaignId });
      if (!isOwed && !wasOwed) return { campaign, counts, end };
      wasOwed = isOwed;
    } else if (end !== null) return { campaign, counts, end };
    if (signal?.aborted) return { campaign, counts, end: "interrupted" };
    if (patienceMs !== undefined && now - sentAt > patienceMs) return { campaign, counts, end: "out of patience" };
    if (isSending && now - movedAt > quietMs) {
      const why = await whyQuiet(sql, campaign);
      if (why !== saidWhy) progress.say(`nothing moved for ${lengthOfTime(now - movedAt)}: ${why}`);
      saidWhy = why;
    }
    await pause(lookEveryMs, signal);
  }
}

/** Messages of all that are to be sent: the others are stopped for good. */
export function toSend({ total, cancelled, suppressed }: CampaignCounts): number {
  return total - cancelled - suppressed;
}

function doneSending(counts: CampaignCounts): number {
  return toSend(counts) - counts.queued - counts.sending;
}

function doneWaiting(counts: CampaignCounts): number {
  return doneSending(counts) - counts.accepted - counts.sent - counts.unknown;
}

const shownStates = [
  ...["accepted", "sent", "delivered", "displayed", "failed", "rejected", "expired", "revoked", "unknown"],
] as readonly MessageState[];

function outcomesOf(counts: CampaignCounts): (readonly [string, number])[] {
  return shownStates.map((state) => [state, counts[state]]);
}

function perSecondOf(samples: readonly { at: number; done: number }[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < 500) return 0;
  return ((last.done - first.done) * 1_000) / (last.at - first.at);
}

function endOf(campaign: CampaignRow, counts: CampaignCounts, until: WatchInput["until"]): Watched["end"] | null {
  if (campaign.state === "cancelled" || campaign.state === "paused") return campaign.state;
  if (campaign.state === "finished") return "finished";
  // It runs on for what may follow; what it says first has gone out.
  const isSent = campaign.state === "running" && campaign.fallback !== null && counts.queued + counts.sending === 0;
  if (until === "sent" && isSent) return "sent";
  if (campaign.state !== "dispatched") return null;
  if (until === "sent") return "sent";
  // What nobody may ever know keeps a campaign from being finished; how long to wait for that is the operator's choice.
  const waiting = counts.queued + counts.sending + counts.accepted + counts.sent;
  return waiting === 0 && counts.unknown > 0 ? "only unknown left" : null;
}

async function whyQuiet(sql: Sql, campaign: CampaignRow): Promise<string> {
  if (campaign.state === "ready" && campaign.startAt !== null) return `it starts at ${moment(campaign.startAt)}`;
  const notice = await windowNotice(sql, campaign);
  if (notice !== null) return `it is ${notice}`;
  const route = await findRoute(sql, campaign.route);
  if (route?.heldAt) return `route ${route.name} is held (${route.heldCause}: ${route.heldReason})`;
  return `is a worker running? Start \`hikyaku up\` or a worker, with route ${campaign.route} in its configuration`;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}
