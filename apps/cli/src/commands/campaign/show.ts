import { messageStates } from "@hikyaku/core";
import { type CampaignCounts, type CampaignRow, type LegCounts, legCounts } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { classLines, windowNotice, windowsOf, windowsText } from "../../campaigns/class-lines.ts";
import { fallbackText } from "../../campaigns/fallback-text.ts";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { toSend } from "../../campaigns/watch-campaign.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { count, moment, percent } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawPairs } from "../../output/table.ts";
import type { Paint } from "../../output/terminal.ts";

export function addShow(campaign: Command, cli: Cli): void {
  campaign
    .command("show")
    .argument("<campaign>", "id or key")
    .description("where a campaign stands, at once and at any size")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const found = await findCampaignByName(sql, name);
          const counts = await legCounts(sql, found);
          const hours = windowsText(await windowsOf(sql, found));
          const notice = await windowNotice(sql, found);
          printResult(cli, options, campaignView(found, counts), (paint) =>
            drawCampaign(found, counts, { hours, notice }, paint),
          );
          return 0;
        });
      }),
    );
}

function drawCampaign(
  campaign: CampaignRow,
  { counts, secondLegs }: LegCounts,
  { hours, notice }: { hours: string; notice: string | null },
  paint: Paint,
): string {
  const { fallback } = campaign;
  const total = toSend(counts);
  const done = total - counts.queued - counts.sending;
  const pairs: [string, string][] = [
    ["key", paint.bold(campaign.key)],
    ["id", campaign.id],
    ["name", campaign.name],
    ["route", campaign.route],
    [
      "state",
      campaign.state === "paused"
        ? `paused: ${campaign.pauseReason}`
        : notice === null
          ? campaign.state
          : `${campaign.state}, ${notice}`,
    ],
    ["progress", `${count(done)} of ${count(total)} (${percent(done, total)})`],
    ["messages", statesText(counts)],
    ...(secondLegs === null ? [] : ([["second legs", statesText(secondLegs)]] as [string, string][])),
    [
      "rows",
      `${count(campaign.importedRows)} read, ${count(campaign.rejectedRows)} rejected, ${count(campaign.duplicateRows)} duplicates`,
    ],
    ["priority", String(campaign.priority)],
    ...classLines(campaign),
    ["window", hours],
    ["created", moment(campaign.createdAt)],
    [
      "started",
      campaign.state === "ready" && campaign.startAt !== null
        ? `starts at ${moment(campaign.startAt)}`
        : moment(campaign.startedAt),
    ],
    ["finished", moment(campaign.finishedAt ?? campaign.cancelledAt)],
    ["content", JSON.stringify(campaign.content)],
  ];
  if (fallback !== null) pairs.splice(-1, 0, ["followed", fallbackText(fallback)]);
  if (campaign.validUntil !== null) pairs.splice(-1, 0, ["valid until", moment(campaign.validUntil)]);
  if (campaign.round > 1) pairs.splice(5, 0, ["round", String(campaign.round)]);
  return drawPairs(pairs, paint);
}

function statesText(counts: CampaignCounts): string {
  const states = messageStates.filter((state) => counts[state] > 0);
  return states.map((state) => `${state} ${count(counts[state])}`).join(", ") || "none";
}
