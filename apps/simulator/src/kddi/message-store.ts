import { createMessage, type Message, type MessageStart } from "./message.ts";

/** A request that named a recipient and was not accepted. */
export interface RefusedRequest {
  readonly at: number;
  /** Counts all requests in the order they were judged: a millisecond has room for several. */
  readonly order: number;
  readonly botId: string;
  readonly to: string;
  /** HTTP status, or `closed` when the socket was cut. */
  readonly answered: number | "closed";
  readonly why: string;
}

export interface Duplicate {
  readonly to: string;
  readonly msgId: string;
  readonly duplicateOf: string;
}

/** How much is kept; older messages make room for newer ones. */
export interface Keep {
  /** Messages; one that was given up is not known any more, to the status API either. */
  readonly messages: number;
  /** MiB of texts and cards; a message may outlive its content. */
  readonly contentMb: number;
}

export interface MessageStore {
  accept(start: Omit<MessageStart, "duplicateOf" | "order">): Message;
  refuse(request: Omit<RefusedRequest, "order">): void;
  byId(msgId: string): Message | undefined;
  to(number: string): readonly Message[];
  all(): IterableIterator<Message>;
  readonly size: number;
  /** Messages that made room for newer ones. */
  readonly forgotten: number;
  refusedTo(number: string): readonly RefusedRequest[];
  duplicates(): { readonly count: number; readonly list: readonly Duplicate[] };
  /** Numbers that were sent to, the latest first; those whose digits contain `digits`, at most `limit`. */
  numbers(digits: string, limit: number): readonly string[];
  reset(): void;
}

// A storm of refusals must not fill the memory; the counters in the metrics go on counting.
const keptRefusals = 200_000;
const listedDuplicates = 1_000;
// A power of two: the last numbers stand in a ring.
const rememberedRecipients = 512;

/** `onForget` hears of each message that made room, so that nobody else holds on to it. */
export function createMessageStore(keep: Keep, onForget: (message: Message) => void = () => {}): MessageStore {
  const messages = new Map<string, Message>();
  // Nearly every number has one message: an array each would cost more than the entry.
  const byNumber = new Map<string, Message | Message[]>();
  const refusals = new Map<string, RefusedRequest[]>();
  const recent: string[] = [];
  // Both walk along the map while it grows and shrinks: looking for its first entry anew would be slow after many deletions.
  let oldest = messages.values();
  let oldestWithBody = messages.values();
  let contentBytes = 0;
  let forgotten = 0;
  let refusalCount = 0;
  let order = 0;
  let acceptedCount = 0;
  let duplicateCount = 0;
  let duplicates: Duplicate[] = [];
  const contentLimit = keep.contentMb * 1_048_576;

  function to(number: string): readonly Message[] {
    const found = byNumber.get(number);
    if (found === undefined) return [];
    return Array.isArray(found) ? found : [found];
  }

  function noteDuplicate(message: Message): void {
    if (message.duplicateOf === undefined) return;
    duplicateCount++;
    if (duplicates.length < listedDuplicates) {
      duplicates.push({ to: message.to, msgId: message.msgId, duplicateOf: message.duplicateOf });
    }
  }

  function giveUpBody(message: Message): void {
    if (typeof message.body === "number") return;
    contentBytes -= sizeOf(message.body);
    message.body = digestOf(message.body);
  }

  function forget(message: Message): void {
    forgotten++;
    giveUpBody(message);
    messages.delete(message.msgId);
    const others = to(message.to).filter((other) => other !== message);
    if (others.length > 1) byNumber.set(message.to, others);
    else if (others[0] !== undefined) byNumber.set(message.to, others[0]);
    else byNumber.delete(message.to);
    onForget(message);
  }

  function makeRoom(): void {
    while (contentBytes > contentLimit) {
      const { value } = oldestWithBody.next();
      if (value === undefined) break;
      giveUpBody(value);
    }
    while (messages.size > keep.messages) {
      const { value } = oldest.next();
      if (value === undefined) break;
      forget(value);
    }
  }

  return {
    accept(start) {
      const earlier = byNumber.get(start.to);
      const twin = earlier === undefined ? undefined : findTwin(to(start.to), start.body);
      const message = createMessage({ ...start, order: order++, duplicateOf: twin?.duplicateOf ?? twin?.msgId });
      messages.set(message.msgId, message);
      if (earlier === undefined) byNumber.set(message.to, message);
      else if (Array.isArray(earlier)) earlier.push(message);
      else byNumber.set(message.to, [earlier, message]);
      recent[acceptedCount++ % rememberedRecipients] = message.to;
      contentBytes += sizeOf(start.body);
      noteDuplicate(message);
      if (contentBytes > contentLimit || messages.size > keep.messages) makeRoom();
      return message;
    },
    refuse(request) {
      if (refusalCount >= keptRefusals) return;
      refusalCount++;
      const earlier = refusals.get(request.to);
      const refusal = { ...request, order: order++ };
      if (earlier === undefined) refusals.set(request.to, [refusal]);
      else earlier.push(refusal);
    },
    byId: (msgId) => messages.get(msgId),
    to,
    all: () => messages.values(),
    get size() {
      return messages.size;
    },
    get forgotten() {
      return forgotten;
    },
    refusedTo: (number) => refusals.get(number) ?? [],
    duplicates: () => ({ count: duplicateCount, list: duplicates }),
    numbers(digits, limit) {
      const found = new Set<string>();
      for (let back = 1; back <= recent.length && found.size < limit; back++) {
        const number = recent[(acceptedCount - back) % rememberedRecipients];
        if (number?.includes(digits)) found.add(number);
      }
      if (found.size < limit && acceptedCount > recent.length) {
        for (const number of byNumber.keys()) {
          if (number.includes(digits)) found.add(number);
          if (found.size >= limit) break;
        }
      }
      return [...found];
    },
    reset() {
      messages.clear();
      byNumber.clear();
      refusals.clear();
      recent.length = 0;
      oldest = messages.values();
      oldestWithBody = messages.values();
      contentBytes = 0;
      forgotten = 0;
      refusalCount = 0;
      acceptedCount = 0;
      duplicateCount = 0;
      duplicates = [];
    },
  };
}

function findTwin(messages: readonly Message[], body: string | number): Message | undefined {
  const digest = typeof body === "string" ? digestOf(body) : body;
  return messages.find((message) => message.body === body || message.body === digest);
}

function sizeOf(body: string | number): number {
  return typeof body === "number" ? 0 : 2 * body.length;
}

/** 53 bits, compared only among the messages to one number. */
function digestOf(body: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < body.length; index++) {
    const unit = body.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return (high >>> 11) * 4_294_967_296 + (low >>> 0);
}
