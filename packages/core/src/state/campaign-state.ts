/** The life of a campaign. Pause and cancel are flags here; the worker's claim reads them, so they act at once. */
export const campaignStates = [
  "draft",
  "importing",
  "ready",
  "running",
  "paused",
  "dispatched",
  "finished",
  "cancelled",
] as const;

export type CampaignState = (typeof campaignStates)[number];

/**
 * - `draft`: content is there, no recipient yet. `importing`: recipients stream in; an interrupted import stays here and
 *   is resumed by the same key. `ready`: imported, waits for start or for its start time; `paused` follows where it can't be
 *   sent any more as it is when that comes.
 * - `dispatched`: nothing left to send, receipts still come. `finished`: every message has its final answer.
 * - `dispatched` and `finished` go back to `running` when a new round retries what failed.
 */
export const nextCampaignStates = {
  draft: ["importing", "cancelled"],
  importing: ["ready", "cancelled"],
  ready: ["importing", "running", "paused", "cancelled"],
  running: ["paused", "dispatched", "cancelled"],
  paused: ["running", "cancelled"],
  dispatched: ["running", "finished", "cancelled"],
  finished: ["running"],
  cancelled: [],
} as const satisfies Record<CampaignState, readonly CampaignState[]>;

/** True when `to` may follow `from`. */
export function canCampaignMove(from: CampaignState, to: CampaignState): boolean {
  return (nextCampaignStates[from] as readonly CampaignState[]).includes(to);
}

/** Every campaign state from which `to` can be reached in one step. */
export function campaignStatesBefore(to: CampaignState): CampaignState[] {
  return campaignStates.filter((from) => canCampaignMove(from, to));
}
