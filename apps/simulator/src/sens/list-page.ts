import { type Answer, ok, refused } from "./answer.ts";
import { type ListQuery, tokenOf } from "./list-query.ts";
import { nothingFound } from "./refusal.ts";
import type { SensState } from "./state.ts";

const dayMs = 86_400_000;

interface Listed {
  readonly requestId: string;
  readonly messageId: string | null;
  readonly to: string;
  readonly requestAtMs: number;
  readonly completeAtMs: number | null;
}

/**
 * One page of a list (protocol notes §6.2): the oldest first, none of the last moments, none older than the list goes back. What matches
 * nothing is an empty 404, as seen on the real service, or an empty page.
 */
export function answerList<M extends Listed>(
  list: ListQuery,
  candidates: readonly M[],
  state: SensState,
  { fits, show, days }: { fits: (message: M) => boolean; show: (message: M) => unknown; days: number },
): Answer {
  const { clock, settings } = state;
  const { emptyAs404, outOfOrder } = state.modes();
  const now = clock.now();
  const isYoung = ({ requestAtMs }: M) => now - requestAtMs < settings.timing.listedAfterMs;
  const within = (at: number | null, [from, to]: readonly [number, number]) => at !== null && at >= from && at <= to;
  const found = candidates.filter(
    (message) =>
      !isYoung(message) &&
      now - message.requestAtMs <= days * dayMs &&
      (list.requestId === undefined || message.requestId === list.requestId) &&
      (list.requested === undefined || within(message.requestAtMs, list.requested)) &&
      (list.completed === undefined || within(message.completeAtMs, list.completed)) &&
      (list.filters.messageId === undefined || message.messageId === list.filters.messageId) &&
      (list.filters.to === undefined || message.to === list.filters.to) &&
      fits(message),
  );
  const head = list.requestId === undefined ? {} : { requestId: list.requestId };
  if (found.length === 0) {
    // A request that is known and not listed yet: an answer without messages (protocol notes §6.2, "pending").
    if (list.requestId !== undefined && candidates.some(isYoung))
      return ok({ ...head, statusCode: "202", statusName: "processing" });
    return emptyAs404 ? refused(nothingFound) : ok({ ...head, statusCode: "202", statusName: "success", messages: [] });
  }
  const page = found.slice(list.offset, list.offset + list.pageSize);
  const next = list.offset + page.length;
  const hasMore = next < found.length;
  return ok({
    ...head,
    statusCode: "202",
    statusName: "success",
    messages: (outOfOrder ? page.reverse() : page).map(show),
    pageSize: list.pageSize,
    pageIndex: Math.floor(list.offset / list.pageSize),
    itemCount: page.length,
    hasMore,
    ...(hasMore ? { nextToken: tokenOf(list.filters, next) } : {}),
  });
}
