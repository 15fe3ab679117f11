import { messageStates, writeCell } from "@hikyaku/core";
import type { CampaignReport, SecondLegsReport } from "@hikyaku/ledger";

/** The report's figures as CSV, one a row: `figure,value`. */
export function reportCsv(report: CampaignReport): string {
  const { campaign, counts, secondLegs, acceptedPerSecond, receiptDelayMs, rejections } = report;
  const rows: [string, string | number][] = [
    ["campaign", campaign.id],
    ["key", campaign.key],
    ["name", campaign.name],
    ["route", campaign.route],
    ["state", campaign.state],
    ["class", campaign.class ?? ""],
    ...campaign.overrides.map(({ rule, reason, by }): [string, string] => [`override.${rule}`, `${reason} (${by})`]),
    ["messages", counts.total],
    ...messageStates.map((state): [string, number] => [`messages.${state}`, counts[state]]),
    ...(secondLegs === null ? [] : secondLegRows(secondLegs)),
    ["segments.accepted", report.segmentsAccepted],
    ["accepted_per_second.mean", acceptedPerSecond.mean.toFixed(2)],
    ["accepted_per_second.peak", acceptedPerSecond.peak],
    ["first_accepted_at", report.firstAcceptedAt?.toISOString() ?? ""],
    ["last_accepted_at", report.lastAcceptedAt?.toISOString() ?? ""],
    ["receipt_delay_ms.p50", receiptDelayMs === null ? "" : Math.round(receiptDelayMs.p50)],
    ["receipt_delay_ms.p99", receiptDelayMs === null ? "" : Math.round(receiptDelayMs.p99)],
    ["rows", campaign.importedRows],
    ["rows.rejected", rejections.total],
    ["rows.duplicates", rejections.duplicates],
    ...rejections.byCode.map(({ code, count }): [string, number] => [`rows.not_taken.${code}`, count]),
    ...report.byReason.map(({ state, reason, count }): [string, number] => [`reason.${state}: ${reason}`, count]),
  ];
  return `\ufefffigure,value\r\n${rows.map((row) => `${row.map((cell) => writeCell(String(cell))).join(",")}\r\n`).join("")}`;
}

function secondLegRows({ counts, reached, byReason }: SecondLegsReport): [string, string | number][] {
  return [
    ["reached.first_leg", reached.first],
    ["reached.second_leg", reached.second],
    ["reached.neither", reached.neither],
    ["reached.both", reached.both],
    ["second_legs", counts.total],
    ...messageStates.map((state): [string, number] => [`second_legs.${state}`, counts[state]]),
    ["second_legs.segments.accepted", counts.segmentsAccepted],
    ...byReason.map(({ state, reason, count }): [string, number] => [`second_legs.reason.${state}: ${reason}`, count]),
  ];
}
