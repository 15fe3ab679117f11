import { type MessageState, messageStates } from "@hikyaku/core";
import type { CampaignCounts, CampaignReport, ReasonCount } from "@hikyaku/ledger";
import { type RouteLimit, requestLimitText } from "@hikyaku/views";
import { count, lengthOfTime, moment, percent, rate } from "../output/format.ts";
import { drawPairs, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import { classLines } from "./class-lines.ts";
import { fallbackText } from "./fallback-text.ts";

/** What the report needs beyond the ledger. */
export interface ReportContext {
  /** The route's limit, where it is known. */
  limit: RouteLimit | null;
}

const meanings: Readonly<Record<MessageState, string>> = {
  queued: "wait to be sent",
  sending: "are at the gateway now",
  accepted: "taken by the carrier, receipt awaited",
  sent: "on their way to the handset",
  delivered: "arrived on the handset",
  displayed: "seen by their reader",
  failed: "could not be delivered",
  rejected: "refused by the gateway, never left",
  expired: "without an answer when their time was over",
  revoked: "taken back",
  cancelled: "never sent: the campaign was cancelled, or the first leg arrived",
  suppressed: "never sent: on the suppression list",
  unknown: "nobody can know whether they went out",
};

/** Most reasons shown of each kind. */
const reasonsShown = 10;

/** The delivery report for people. */
export function drawReport(report: CampaignReport, { limit }: ReportContext, paint: Paint): string {
  const { campaign, counts, acceptedPerSecond, firstAcceptedAt, lastAcceptedAt, receiptDelayMs } = report;
  const spanMs = firstAcceptedAt && lastAcceptedAt ? lastAcceptedAt.getTime() - firstAcceptedAt.getTime() : null;
  const head = drawPairs(
    [
      ["campaign", `${paint.bold(campaign.name)}${campaign.name === campaign.key ? "" : ` (${campaign.key})`}`],
      ["id", campaign.id],
      ["state", stateText(report)],
      ["route", campaign.route],
      ...(campaign.fallback === null ? [] : ([["second leg", fallbackText(campaign.fallback)]] as const)),
      ...classLines(campaign),
      ["messages", `${count(counts.total)} (${count(report.segmentsAccepted)} billable parts accepted)`],
      ...(spanMs === null
        ? []
        : ([
            ["accepted", acceptedText(acceptedPerSecond, limit)],
            ["from – to", `${moment(firstAcceptedAt)} – ${moment(lastAcceptedAt)} (${lengthOfTime(spanMs)})`],
          ] as const)),
      ...(receiptDelayMs === null
        ? []
        : ([
            [
              "receipts",
              `${lengthOfTime(receiptDelayMs.p50)} after acceptance (median), ${lengthOfTime(receiptDelayMs.p99)} (99 %)`,
            ],
          ] as const)),
    ],
    paint,
  );
  return [head, ...sections(report, paint)].join("\n");
}

/** `51.9/s on average of 100 allowed (51.9%), …`; a limit that counts requests is named, and not held against messages. */
export function acceptedText({ mean, peak }: CampaignReport["acceptedPerSecond"], limit: RouteLimit | null): string {
  const best = `${count(peak)} in the best second`;
  if (limit === null) return `${rate(mean)}/s on average, ${best}`;
  if (limit.messagesPerRequest > 1) return `${rate(mean)}/s on average, ${best} (limit: ${requestLimitText(limit)})`;
  return `${rate(mean)}/s on average of ${rate(limit.tps)} allowed (${percent(mean, limit.tps)}), ${best}`;
}

function sections({ counts, byReason, secondLegs, rejections, rounds }: CampaignReport, paint: Paint): string[] {
  const parts = [drawStates(counts, "STATE", paint)];
  if (byReason.length > 0) parts.push(drawReasons(byReason, "STATE", paint));
  if (secondLegs !== null) {
    const { first, second, both, neither } = secondLegs.reached;
    parts.push(
      drawTable(
        [
          { header: "REACHED BY" },
          { header: "RECIPIENTS", align: "right" },
          { header: "SHARE", align: "right" },
          { header: "" },
        ],
        [
          ["first leg", first, both > 0 ? `${count(both)} of them by the second as well` : ""],
          ["second leg", second, ""],
          ["neither", neither, "or not yet, or without proof"],
        ].map(([name, recipients, detail]) => [
          String(name),
          count(Number(recipients)),
          percent(Number(recipients), counts.total),
          paint.dim(String(detail)),
        ]),
        paint,
      ),
    );
    if (secondLegs.counts.total > 0) parts.push(drawStates(secondLegs.counts, "SECOND LEGS", paint));
    if (secondLegs.byReason.length > 0) parts.push(drawReasons(secondLegs.byReason, "SECOND LEGS", paint));
  }
  const notTaken = rejections.total + rejections.duplicates;
  if (notTaken > 0) {
    const told = rejections.byCode.reduce((sum, { count: rows }) => sum + rows, 0);
    parts.push(
      drawTable(
        [
          { header: "ROWS NOT TAKEN", maxWidth: 40 },
          { header: "ROWS", align: "right" },
        ],
        [
          ...rejections.byCode.map(({ code, count: rows }) => [code, count(rows)]),
          // The ledger keeps the reasons of the first 10,000 only.
          ...(told < notTaken ? [["(reason not kept)", count(notTaken - told)]] : []),
        ],
        paint,
      ),
    );
  }
  if (rounds.length > 1) {
    parts.push(
      drawTable(
        [{ header: "ROUND", align: "right" }, { header: "MESSAGES", align: "right" }, { header: "STATES" }],
        rounds.map(({ round, total, counts: inRound }) => [
          String(round),
          count(total),
          Object.entries(inRound)
            .map(([state, messages]) => `${state} ${count(messages)}`)
            .join(", "),
        ]),
        paint,
      ),
    );
  }
  return parts;
}

function drawStates(counts: CampaignCounts, header: string, paint: Paint): string {
  return drawTable(
    [{ header }, { header: "MESSAGES", align: "right" }, { header: "SHARE", align: "right" }, { header: "" }],
    messageStates
      .filter((state) => counts[state] > 0)
      .map((state) => [
        paintState(state, paint),
        count(counts[state]),
        percent(counts[state], counts.total),
        paint.dim(meanings[state]),
      ]),
    paint,
  );
}

function drawReasons(reasons: readonly ReasonCount[], header: string, paint: Paint): string {
  return drawTable(
    [{ header }, { header: "MESSAGES", align: "right" }, { header: "REASON", maxWidth: 90 }],
    reasons
      .slice(0, reasonsShown)
      .map(({ state, reason, count: messages }) => [paintState(state, paint), count(messages), reason]),
    paint,
  );
}

function stateText({ campaign, counts }: CampaignReport): string {
  if (campaign.state === "paused") return `paused: ${campaign.pauseReason ?? "no reason given"}`;
  if (campaign.state === "running" && campaign.fallback !== null && counts.queued + counts.sending === 0) {
    return `running: all sent, followed ${fallbackText(campaign.fallback)}`;
  }
  const waiting = counts.accepted + counts.sent;
  if (campaign.state === "dispatched" && waiting > 0) return `dispatched: all sent, ${count(waiting)} receipts awaited`;
  if (campaign.state === "dispatched" && counts.unknown > 0)
    return `dispatched: all sent, ${count(counts.unknown)} of unknown outcome`;
  return campaign.state;
}

export function paintState(state: MessageState, paint: Paint): string {
  if (state === "delivered" || state === "displayed") return paint.green(state);
  if (state === "failed" || state === "rejected" || state === "expired") return paint.red(state);
  return state === "unknown" ? paint.yellow(state) : state;
}
