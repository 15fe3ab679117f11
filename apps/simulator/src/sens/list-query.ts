import type { Refusal } from "./refusal.ts";
import { sensError } from "./refusal.ts";
import { readQueryTime } from "./times.ts";

type Query = Readonly<Record<string, string>>;

export interface ListQuery {
  readonly requestId: string | undefined;
  readonly requested: readonly [from: number, to: number] | undefined;
  readonly completed: readonly [from: number, to: number] | undefined;
  readonly plusFriendId: string | undefined;
  readonly filters: Query;
  readonly pageSize: number;
  /** Place of the first one asked for. */
  readonly offset: number;
}

const dayMs = 86_400_000;
const names = { request: ["success", "fail"], message: ["success", "processing", "fail"] };

/** The query of a list (protocol notes §6.1, §14.3): its conditions, or why it is refused. */
export function readListQuery(
  query: Query,
  api: "alimtalk" | "sms",
): { readonly list: ListQuery } | { readonly refusal: Refusal } {
  const refuse = (error: string) => ({ refusal: sensError(400, error) });
  const requested = readWindow(query, "request", (api === "alimtalk" ? 31 : 30) * dayMs);
  const completed = readWindow(query, "complete", dayMs);
  if (typeof requested === "string") return refuse(requested);
  if (typeof completed === "string") return refuse(completed);
  const { requestId, plusFriendId } = query;
  if (requestId === undefined && requested === undefined && completed === undefined) {
    return refuse("one of requestId, requestStartTime/requestEndTime, completeStartTime/completeEndTime is required");
  }
  if (requested !== undefined && completed !== undefined) return refuse("the two periods cannot be combined");
  if (api === "alimtalk" && requestId === undefined && !plusFriendId) return refuse("plusFriendId is required");
  const word = (name: string, allowed: readonly string[]) =>
    query[name] !== undefined && !allowed.includes(query[name]);
  if (word("requestStatusName", names.request)) return refuse("requestStatusName: success or fail");
  if (word("messageStatusName", names.message)) return refuse("messageStatusName: success, processing or fail");
  const pageSize = query.pageSize ?? "20";
  if (!/^\d{1,3}$/.test(pageSize) || Number(pageSize) < 1 || Number(pageSize) > 100)
    return refuse("pageSize: 1 to 100");
  const offset = query.nextToken === undefined ? 0 : readToken(query);
  if (offset === undefined) return refuse("nextToken: invalid");
  return {
    list: { requestId, requested, completed, plusFriendId, filters: query, pageSize: Number(pageSize), offset },
  };
}

function readWindow(query: Query, kind: "request" | "complete", longestMs: number) {
  const [start, end] = [query[`${kind}StartTime`], query[`${kind}EndTime`]];
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined || end === undefined) return `${kind}StartTime and ${kind}EndTime belong together`;
  const from = readQueryTime(start);
  const to = readQueryTime(end);
  if (from === undefined || to === undefined) return `${kind}StartTime, ${kind}EndTime: YYYY-MM-DD HH:mm:ss`;
  if (to < from) return `${kind}EndTime lies before ${kind}StartTime`;
  // The end's second counts whole.
  return to - from > longestMs ? `the period of ${kind} is too long` : ([from, to + 999] as const);
}

/** A token is good for its own query alone. */
export function tokenOf(query: Query, offset: number): string {
  return Buffer.from(JSON.stringify([offset, conditionsOf(query)])).toString("base64url");
}

function readToken(query: Query): number | undefined {
  try {
    const [offset, conditions] = JSON.parse(Buffer.from(query.nextToken ?? "", "base64url").toString("utf8")) as [
      number,
      string,
    ];
    return conditions === conditionsOf(query) && Number.isInteger(offset) ? offset : undefined;
  } catch {
    return undefined;
  }
}

function conditionsOf(query: Query): string {
  return JSON.stringify(
    Object.entries(query)
      .filter(([name]) => name !== "nextToken")
      .sort(),
  );
}
