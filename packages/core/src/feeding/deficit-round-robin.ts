/** Where the last call stopped. JSON-safe; start with {@link startOfRound}. */
export interface RoundRobinState {
  /** The campaign whose turn it is. */
  next: string | null;
  /** What is left of its turn; 0 when the turn has not begun. */
  deficit: number;
}

export const startOfRound: RoundRobinState = { next: null, deficit: 0 };

export interface FeedCandidate {
  id: string;
  /** 1 to 10; a campaign of priority 10 gets ten messages where one of priority 1 gets one. */
  priority: number;
  /** Messages it has ready now. */
  available: number;
}

export interface Shares {
  /** Messages to take from each campaign; those that get none are left out. */
  take: Map<string, number>;
  state: RoundRobinState;
}

/**
 * Deficit round-robin (Shreedhar and Varghese, 1995) over campaigns, weighted by priority. Each turn a campaign may take
 * `priority × quantum` messages; what the budget cuts off is continued by the next call. So every campaign with work
 * is served once a round, whatever the size of the others, and shares hold over many small budgets too. All messages
 * cost the same, so only the campaign whose turn was cut can have a deficit, and one number is the whole state.
 */
export function deficitRoundRobin(
  state: RoundRobinState,
  candidates: readonly FeedCandidate[],
  budget: number,
  quantum = 1,
): Shares {
  const take = new Map<string, number>();
  // By id, so that the round has the same order whatever order the rows come in.
  const ring = candidates
    .filter((candidate) => candidate.available > 0)
    .map((candidate) => ({ ...candidate, left: candidate.available }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  let { next, deficit } = state;
  let left = budget;
  let turn = next === null ? 0 : ring.findIndex(({ id }) => id >= (next ?? ""));
  if (turn === -1) turn = 0;
  // Its campaign has nothing ready any more: what is left of the turn goes with it.
  if (ring[turn]?.id !== next) deficit = 0;

  for (let candidate = ring[turn]; candidate && left > 0; candidate = ring[turn]) {
    if (deficit <= 0) deficit = Math.min(10, Math.max(1, candidate.priority)) * quantum;
    const count = Math.min(Math.floor(deficit), candidate.left, left);
    take.set(candidate.id, (take.get(candidate.id) ?? 0) + count);
    candidate.left -= count;
    left -= count;
    deficit -= count;
    if (candidate.left === 0) {
      ring.splice(turn, 1);
      deficit = 0;
    } else if (deficit < 1) {
      turn++;
      deficit = 0;
    }
    if (turn >= ring.length) turn = 0;
  }
  next = ring[turn]?.id ?? null;
  return { take, state: { next, deficit: next === null ? 0 : deficit } };
}
