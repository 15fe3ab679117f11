import type { CampaignReport, CampaignRow, LegCounts } from "@hikyaku/ledger";

/** A campaign as `--json` prints it and the HTTP API answers it. */
export function campaignView(campaign: CampaignRow, { counts, secondLegs }: LegCounts) {
  return {
    id: campaign.id,
    key: campaign.key,
    name: campaign.name,
    route: campaign.route,
    state: campaign.state,
    content: campaign.content,
    variables: campaign.variables,
    priority: campaign.priority,
    class: campaign.class,
    window: campaign.deliveryWindow,
    overrides: campaign.overrides,
    startAt: campaign.startAt,
    validUntil: campaign.validUntil,
    onUnknown: campaign.onUnknown,
    fallback: campaign.fallback && { ...campaign.fallback },
    round: campaign.round,
    pauseReason: campaign.pauseReason,
    rows: campaign.importedRows,
    rejected: campaign.rejectedRows,
    duplicates: campaign.duplicateRows,
    counts,
    secondLegs,
    createdAt: campaign.createdAt,
    importedAt: campaign.importedAt,
    startedAt: campaign.startedAt,
    pausedAt: campaign.pausedAt,
    cancelledAt: campaign.cancelledAt,
    dispatchedAt: campaign.dispatchedAt,
    finishedAt: campaign.finishedAt,
  };
}

export type CampaignView = ReturnType<typeof campaignView>;

/** A report as `--json` prints it and the HTTP API answers it. */
export function reportView({ campaign, counts, ...rest }: CampaignReport) {
  return { campaign: campaignView(campaign, { counts, secondLegs: rest.secondLegs?.counts ?? null }), ...rest };
}
