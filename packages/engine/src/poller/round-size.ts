import type { Throttle } from "@hikyaku/queue";

/** For so long a round of questions has work. */
export const roundSeconds = 5;

/** No more than can be asked in a few seconds: what is taken here, no other process asks about. */
export function roundSize({
  throttle,
  batchSize,
  tpsShare,
}: {
  throttle: Pick<Throttle, "currentRate">;
  batchSize: number;
  tpsShare: number;
}): number {
  const rate = throttle.currentRate();
  if (rate === null) return batchSize;
  return Math.max(1, Math.min(batchSize, Math.floor(rate * tpsShare * roundSeconds)));
}
