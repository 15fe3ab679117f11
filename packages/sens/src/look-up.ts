import type { LookUpAnswer, LookUpRef } from "@hikyaku/core";
import type { CallAnswer } from "./call-answer.ts";
import { acceptanceOf, isSameText, type ListedMessage, refusalOf } from "./listed-message.ts";
import { type ListContext, type ListFilter, type ListScope, listAll } from "./message-list.ts";
import { nationalNumber } from "./national-number.ts";
import type { Reservation } from "./reservation.ts";
import { reservationStateOf, reservationStates } from "./reservation-states.ts";

export interface LookUpContext extends ListContext {
  /** How long after its request a message counts as missing when the list lacks it. */
  afterMs: number;
  /** How far before and after the request the list is read. */
  windowMs: number;
  /** What `channel` says of what is found. */
  channel: string;
  readPayload(payload: unknown): SoughtText;
  /** The id under which a listed message is known here; undefined when the list does not tell it. */
  idOf(listed: ListedMessage): string | undefined;
  reservation(reserveId: string): Promise<CallAnswer<Reservation>>;
}

export interface SoughtText {
  text: string;
  /** SMS has none. */
  templateCode?: string | undefined;
  /** For a reservation: when it is carried out. */
  reservedAt?: Date | undefined;
}

interface Sought extends SoughtText {
  ref: LookUpRef;
  to: string;
}

type Failure = Extract<LookUpAnswer, { kind: "throttled" | "held" | "failed-check" }>;

/** A list longer than this is not read to its end. */
const mostPages = 20;
const lookAgainInMs = 300_000;

/**
 * Looks for messages whose outcome is not known (protocol notes §15.4) in the list of ±`windowMs` around the attempt, by channel and template,
 * compared by number and text. Whatever matches counts as sent, so that nothing is sent twice. Missing is only what a list lacks that was
 * read to its end and late enough.
 *
 * A message accepted without an id (a reservation) is looked for in the list of its request. Calls follow one another.
 */
export async function lookUp(refs: readonly LookUpRef[], context: LookUpContext): Promise<LookUpAnswer[]> {
  const { caller, windowMs } = context;
  for (let rounds = 1; ; rounds++) {
    const offsetMs = caller.offsetMs();
    const answers = await lookUpAt(refs, offsetMs, context);
    // The answers told that the gateway's clock is another: its list was read at the wrong time, and proves nothing.
    const isSure = Math.abs(caller.offsetMs() - offsetMs) < windowMs / 2;
    if (isSure || !answers.some(({ kind }) => kind === "missing")) return answers;
    if (rounds > 1) return answers.map((answer) => (answer.kind === "missing" ? clockMoves : answer));
  }
}

const clockMoves: LookUpAnswer = {
  kind: "failed-check",
  reason: "the gateway's clock jumps; its list can't be read by time",
};

async function lookUpAt(refs: readonly LookUpRef[], offsetMs: number, context: LookUpContext): Promise<LookUpAnswer[]> {
  const search = createSearch(context);
  const sought = refs.map(
    (ref): Sought => ({ ref, to: nationalNumber(ref.recipient), ...context.readPayload(ref.payload) }),
  );
  const inTime = sought.filter((each) => {
    const since = Math.max(
      each.ref.postedAt.getTime(),
      each.ref.providerOrderId ? 0 : (each.reservedAt?.getTime() ?? 0),
    );
    const waitMs = since + context.afterMs - Date.now();
    if (waitMs > 0) search.settle(each, undecided("asked too soon to be sure", waitMs));
    return waitMs <= 0;
  });
  const byRequest = Map.groupBy(inTime, ({ ref }) => ref.providerOrderId ?? null);
  for (const [requestId, group] of byRequest) {
    if (requestId !== null) await lookInRequest(requestId, group, search, context);
  }
  for (const group of Map.groupBy(byRequest.get(null) ?? [], (each) => periodOf(each, context.windowMs)).values()) {
    await lookInWindows(group, offsetMs, search, context);
  }
  return refs.map((ref) => search.answers.get(ref) ?? undecided("not looked for", lookAgainInMs));
}

/** Messages of one template that were posted at about the same time share their lists. */
function periodOf({ templateCode = "", ref, reservedAt }: Sought, windowMs: number): string {
  return JSON.stringify([templateCode, Math.floor(ref.postedAt.getTime() / windowMs), reservedAt ?? null]);
}

/** What was found so far. Each listed message stands for one message of ours. */
function createSearch({ channel, idOf }: Pick<LookUpContext, "channel" | "idOf">) {
  const answers = new Map<LookUpRef, LookUpAnswer>();
  const used = new Set<string>();

  const isIt = ({ ref, to, text, templateCode }: Sought, listed: ListedMessage): boolean => {
    const id = idOf(listed);
    if (id !== undefined && (used.has(id) || ref.takenIds?.includes(id))) return false;
    return (
      (listed.to === undefined || listed.to === to) &&
      (listed.content === undefined || isSameText(listed.content, text)) &&
      (listed.templateCode === undefined || templateCode === undefined || listed.templateCode === templateCode)
    );
  };

  return {
    answers,
    settle: (sought: Sought, answer: LookUpAnswer) => void answers.set(sought.ref, answer),
    /** Settles those that are in the list; answers the others. */
    take(open: readonly Sought[], list: readonly ListedMessage[]): Sought[] {
      return open.filter((sought) => {
        const matches = list.filter((listed) => isIt(sought, listed));
        // One that was taken goes before one that was refused: a message must not be sent again because of an older refusal.
        const match = matches.find((listed) => acceptanceOf(listed) !== "refused") ?? matches[0];
        if (match === undefined) return true;
        const id = idOf(match);
        if (id !== undefined) used.add(id);
        answers.set(sought.ref, answerOf(match, id, channel));
        return false;
      });
    },
  };
}

type Search = ReturnType<typeof createSearch>;

function answerOf(listed: ListedMessage, id: string | undefined, channel: string): LookUpAnswer {
  if (acceptanceOf(listed) === "refused") return { kind: "rejected", reason: `refused by SENS (${refusalOf(listed)})` };
  if (id === undefined) return undecided("listed without its id", lookAgainInMs);
  return { kind: "accepted", providerMessageId: id, providerOrderId: listed.requestId ?? null, channel };
}

/**
 * Looks around the time of the attempt and, for a reservation, around the time it was for. One list serves all as long as it has no more
 * pages than there are messages to find; after that each is asked for by its number, and one that is found tells the request of the others.
 */
async function lookInWindows(
  group: readonly Sought[],
  offsetMs: number,
  search: Search,
  context: LookUpContext,
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { templateCode, reservedAt } = first;
  const filter: ListFilter = templateCode === undefined ? {} : { templateCode };
  const posted = group.map(({ ref }) => ref.postedAt.getTime() + offsetMs);
  const unsure = new Set<Sought>();
  let open = [...group];
  for (const [from, to] of [
    [Math.min(...posted), Math.max(...posted)] as const,
    ...(reservedAt === undefined ? [] : [[reservedAt.getTime(), reservedAt.getTime()] as const]),
  ]) {
    const scope = { requested: { from: new Date(from - context.windowMs), to: new Date(to + context.windowMs) } };
    if (open.length > 1) {
      const list = await listed(scope, filter, Math.min(open.length, mostPages), context);
      if ("kind" in list) return settleAll(open, list, search);
      open = search.take(open, list.messages);
      if (list.isWhole) continue;
    }
    for (const sought of open) {
      if (search.answers.has(sought.ref)) continue;
      const list = await listed(scope, { ...filter, to: sought.to }, mostPages, context);
      if ("kind" in list) return settleAll(open, list, search);
      const isFound = search.take([sought], list.messages).length === 0;
      if (!isFound && !list.isWhole) unsure.add(sought);
      const answer = search.answers.get(sought.ref);
      if (answer?.kind !== "accepted" || answer.providerOrderId === null || open.length === 1) continue;
      const siblings = await listed({ requestId: answer.providerOrderId }, {}, mostPages, context);
      if (!("kind" in siblings)) search.take(stillOpen(open, search), siblings.messages);
    }
    open = stillOpen(open, search);
  }
  for (const sought of open) {
    search.settle(
      sought,
      unsure.has(sought)
        ? undecided("the list is too long to be read to its end", lookAgainInMs)
        : { kind: "missing", reason: "not in the carrier's list of that time" },
    );
  }
}

/** The request was accepted, so none of its messages can be proven missing; only its reservation can say that they never went out. */
async function lookInRequest(
  requestId: string,
  group: readonly Sought[],
  search: Search,
  context: LookUpContext,
): Promise<void> {
  const list = await listed({ requestId }, {}, mostPages, context);
  if ("kind" in list) return settleAll(group, list, search);
  const open = search.take(group, list.messages);
  if (open.length === 0) return;
  const isReserved = open.some(({ reservedAt }) => reservedAt !== undefined);
  const reservation = isReserved ? await context.reservation(requestId) : null;
  for (const sought of open) search.settle(sought, answerOfReservation(reservation));
}

function answerOfReservation(reservation: CallAnswer<Reservation> | null): LookUpAnswer {
  if (reservation === null || reservation.kind === "nothing") {
    return undecided("accepted, but not in the list of its request yet", lookAgainInMs);
  }
  if (reservation.kind !== "ok") return failureOf(reservation);
  const { state, reservedAt } = reservation.value;
  const known = reservationStateOf(state);
  if (known === "CANCELED") return { kind: "revoked", reason: "its reservation was cancelled at the carrier" };
  if (known !== undefined && reservationStates[known].isOver && !reservationStates[known].wasSent) {
    return { kind: "rejected", reason: `its reservation ended as ${known} (${reservationStates[known].means})` };
  }
  const waitMs = known === "READY" && reservedAt !== null ? reservedAt.getTime() - Date.now() : 0;
  return undecided(`its reservation is ${state}`, Math.max(lookAgainInMs, waitMs));
}

async function listed(scope: ListScope, filter: ListFilter, pages: number, context: LookUpContext) {
  const answer = await listAll(scope, filter, pages, context);
  if (answer.kind === "ok") return answer.value;
  return answer.kind === "nothing" && answer.isProof ? { messages: [], isWhole: true } : failureOf(answer);
}

function failureOf(answer: Exclude<CallAnswer<unknown>, { kind: "ok" }>): Failure {
  return answer.kind === "refused" || answer.kind === "nothing"
    ? { kind: "failed-check", reason: answer.reason }
    : answer;
}

function settleAll(group: readonly Sought[], answer: LookUpAnswer, search: Search): void {
  for (const sought of stillOpen(group, search)) search.settle(sought, answer);
}

function stillOpen(group: readonly Sought[], search: Search): Sought[] {
  return group.filter(({ ref }) => !search.answers.has(ref));
}

function undecided(reason: string, lookAgainInMs: number): LookUpAnswer {
  return { kind: "undecided", reason, lookAgainInMs };
}
