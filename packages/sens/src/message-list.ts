import { type CallAnswer, readCall } from "./call-answer.ts";
import { type Query, withQuery } from "./endpoint.ts";
import { asWord, isObject } from "./json.ts";
import { writeTimestamp } from "./korean-time.ts";
import { type ListedMessage, readListedMessage } from "./listed-message.ts";
import type { SignedCaller } from "./signed-caller.ts";

/** Asked for with every list: without it 20 come back, and a poller would lose 80 of 100 (protocol notes §6.2). */
export const pageSize = 100;

/**
 * What to list: the messages of one request, or those of a time. `requested` may span 30 days, `completed` 24 hours; both ends count.
 */
export type ListScope =
  | { requestId: string }
  | { requested: { from: Date; to: Date } }
  | { completed: { from: Date; to: Date } };

export interface ListFilter {
  messageId?: string;
  templateCode?: string;
  /** National form. */
  to?: string;
  requestStatusName?: "success" | "fail";
  messageStatusName?: "success" | "processing" | "fail";
}

export interface MessagePage {
  messages: ListedMessage[];
  /** What the next page is asked for with; null where there is none. */
  nextToken: string | null;
  /** True when the carrier surely has no more: nothing that is not here can be on another page. */
  isLast: boolean;
}

export interface ListContext {
  caller: SignedCaller;
  /** Path of the list. */
  path: string;
  /** The channel; SMS has none. */
  plusFriendId: string | undefined;
  timestampZone: string;
  credentials: readonly string[];
}

/** One page of the list (protocol notes §6). A scope that matches nothing is `nothing` or a page without messages: both mean "not yet". */
export async function listPage(
  scope: ListScope,
  filter: ListFilter,
  nextToken: string | null,
  { caller, path, plusFriendId, timestampZone, credentials }: ListContext,
): Promise<CallAnswer<MessagePage>> {
  const write = (at: Date) => writeTimestamp(at, timestampZone);
  const window: Query =
    "requestId" in scope
      ? { requestId: scope.requestId }
      : "requested" in scope
        ? { requestStartTime: write(scope.requested.from), requestEndTime: write(scope.requested.to) }
        : { completeStartTime: write(scope.completed.from), completeEndTime: write(scope.completed.to) };
  const channel = "requestId" in scope ? {} : { plusFriendId };
  const query: Query = { ...channel, ...window, ...filter, pageSize, nextToken: nextToken ?? undefined };
  const result = await caller.call({ method: "GET", target: withQuery(path, query) });
  return readCall(result, credentials, readPage);
}

function readPage(json: unknown): MessagePage | undefined {
  if (!isObject(json)) return undefined;
  const { hasMore, itemCount } = json;
  const list = Array.isArray(json.messages) ? json.messages : [];
  const token = asWord(json.nextToken) ?? null;
  const isShort = Array.isArray(json.messages) && list.length < pageSize && token === null;
  return {
    messages: list.map(readListedMessage).filter((message) => message !== undefined),
    nextToken: hasMore === false ? null : token,
    isLast: hasMore === false || (hasMore === undefined && (isShort || (list.length === 0 && itemCount === 0))),
  };
}

/** Every message of a scope, page by page, at most `mostPages` of them; `isWhole` is false when there was more. */
export async function listAll(
  scope: ListScope,
  filter: ListFilter,
  mostPages: number,
  context: ListContext,
): Promise<CallAnswer<{ messages: ListedMessage[]; isWhole: boolean }>> {
  const messages: ListedMessage[] = [];
  let nextToken: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const answer: CallAnswer<MessagePage> = await listPage(scope, filter, nextToken, context);
    // A later page that is gone is the end of the list; a first one is "nothing there".
    if (answer.kind === "nothing" && answer.isProof && page > 0) break;
    if (answer.kind !== "ok") return answer;
    messages.push(...answer.value.messages);
    const { isLast, nextToken: next } = answer.value;
    if (isLast || next === null || next === nextToken) return { kind: "ok", value: { messages, isWhole: isLast } };
    nextToken = next;
  }
  return { kind: "ok", value: { messages, isWhole: false } };
}
