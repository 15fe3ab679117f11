import type { CampaignCounts, CampaignRow } from "@hikyaku/ledger";

/** A campaign as `--json` prints it and the HTTP API answers it. */
export function campaignView(campaign: CampaignRow, counts: CampaignCounts) {
  return {
    id: campaign.id,
    key: campaign.key,
    name: campaign.name,
    route: campaign.route,
    state: campaign.state,
    content: campaign.content,
    variables: campaign.variables,
    priority: campaign.priority,
    window: campaign.deliveryWindow,
    startAt: campaign.startAt,
    validUntil: campaign.validUntil,
    onUnknown: campaign.onUnknown,
    round: campaign.round,
    pauseReason: campaign.pauseReason,
    rows: campaign.importedRows,
    rejected: campaign.rejectedRows,
    duplicates: campaign.duplicateRows,
    counts,
    createdAt: campaign.createdAt,
    importedAt: campaign.importedAt,
    startedAt: campaign.startedAt,
    pausedAt: campaign.pausedAt,
    cancelledAt: campaign.cancelledAt,
    dispatchedAt: campaign.dispatchedAt,
    finishedAt: campaign.finishedAt,
  };
}
