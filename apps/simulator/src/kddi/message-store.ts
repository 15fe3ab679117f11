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

export interface MessageStore {
  accept(start: Omit<MessageStart, "duplicateOf" | "order">): Message;
  refuse(request: Omit<RefusedRequest, "order">): void;
  byId(msgId: string): Message | undefined;
  to(number: string): readonly Message[];
  all(): IterableIterator<Message>;
  readonly size: number;
  refusedTo(number: string): readonly RefusedRequest[];
  duplicates(): { readonly count: number; readonly list: readonly Duplicate[] };
  reset(): void;
}

// A storm of refusals must not fill the memory; the counters in the metrics go on counting.
const keptRefusals = 200_000;
const listedDuplicates = 1_000;

export function createMessageStore(): MessageStore {
  const messages = new Map<string, Message>();
  // Nearly every number has one message: an array each would cost more than the entry.
  const byNumber = new Map<string, Message | Message[]>();
  const refusals = new Map<string, RefusedRequest[]>();
  let refusalCount = 0;
  let order = 0;
  let duplicateCount = 0;
  let duplicates: Duplicate[] = [];

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

  return {
    accept(start) {
      const earlier = byNumber.get(start.to);
      const twin = earlier === undefined ? undefined : to(start.to).find((message) => message.text === start.text);
      const message = createMessage({ ...start, order: order++, duplicateOf: twin?.duplicateOf ?? twin?.msgId });
      messages.set(message.msgId, message);
      if (earlier === undefined) byNumber.set(message.to, message);
      else if (Array.isArray(earlier)) earlier.push(message);
      else byNumber.set(message.to, [earlier, message]);
      noteDuplicate(message);
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
    refusedTo: (number) => refusals.get(number) ?? [],
    duplicates: () => ({ count: duplicateCount, list: duplicates }),
    reset() {
      messages.clear();
      byNumber.clear();
      refusals.clear();
      refusalCount = 0;
      duplicateCount = 0;
      duplicates = [];
    },
  };
}
