import type { StatusAnswer, StatusRef } from "@hikyaku/core";
import { type CallAnswer, readCall } from "./call-answer.ts";
import { type ListedMessage, readListedMessage } from "./listed-message.ts";
import { type ListContext, listAll } from "./message-list.ts";
import { needsDetail, type ResultSettings, resultOf } from "./result.ts";

export interface StatusContext extends ListContext, ResultSettings {
  /** Path of the single query. */
  message(messageId: string): string;
}

/** A request has at most 100 messages, one page; more only where a gateway gives smaller ones. */
const mostPagesOfRequest = 10;

/**
 * The result of each message: one list call for all that went out in one request, then one call for each whose SMS may have begun, since the
 * list does not tell of it (protocol notes §6.2). A message whose request is not known is asked about by itself. Calls follow one another.
 */
export async function checkStatus(refs: readonly StatusRef[], context: StatusContext): Promise<StatusAnswer[]> {
  const answers = new Map<StatusRef, StatusAnswer>();
  for (const [requestId, group] of Map.groupBy(refs, (ref) => ref.providerOrderId ?? null)) {
    const found = requestId === null ? null : await listAll({ requestId }, {}, mostPagesOfRequest, context);
    for (const ref of group) {
      const message = found === null ? await single(ref.providerMessageId, context) : inList(ref, found);
      answers.set(ref, await readResult(message, context));
    }
  }
  return refs.map((ref) => answers.get(ref) ?? { kind: "failed-check", reason: "not asked" });
}

function inList(
  { providerMessageId }: StatusRef,
  list: CallAnswer<{ messages: ListedMessage[]; isWhole: boolean }>,
): CallAnswer<ListedMessage> {
  if (list.kind !== "ok") return list;
  const message = list.value.messages.find(({ messageId }) => messageId === providerMessageId);
  return message === undefined
    ? { kind: "nothing", isProof: false, reason: "the request's list does not have the message yet" }
    : { kind: "ok", value: message };
}

async function readResult(message: CallAnswer<ListedMessage>, context: StatusContext): Promise<StatusAnswer> {
  switch (message.kind) {
    case "ok":
      break;
    case "nothing":
      return { kind: "not-known", reason: message.reason };
    case "refused":
      return { kind: "failed-check", reason: message.reason };
    default:
      return message;
  }
  const { messageId } = message.value;
  if (!needsDetail(message.value) || messageId === undefined) return resultOf(message.value, now(context), context);
  const detail = await single(messageId, context);
  if (detail.kind === "ok") return resultOf(detail.value, now(context), context);
  return detail.kind === "nothing" || detail.kind === "refused"
    ? { kind: "failed-check", reason: `its SMS could not be asked about: ${detail.reason}` }
    : detail;
}

/** The single query: a flat object, not wrapped like that of SMS (protocol notes §7). */
async function single(messageId: string, { caller, message, credentials }: StatusContext) {
  const result = await caller.call({ method: "GET", target: message(messageId) });
  return readCall(result, credentials, (json) => {
    const read = readListedMessage(json);
    return read?.messageId === messageId ? read : undefined;
  });
}

function now({ caller }: StatusContext): Date {
  return new Date(Date.now() + caller.offsetMs());
}
