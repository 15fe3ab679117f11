import type { ReadyMessage } from "./ready-message.ts";

/**
 * Gathers messages that may share a request into requests of at most `recipientsPerRequest`, which is what the carrier takes. Nobody is in a
 * request twice: the answers are told apart by the number.
 */
export function intoRequests(ready: readonly ReadyMessage[], recipientsPerRequest: number): ReadyMessage[][] {
  if (recipientsPerRequest === 1) return ready.map((part) => [part]);
  const requests: { key: string; parts: ReadyMessage[]; recipients: Set<string> }[] = [];
  for (const part of ready) {
    const { recipient } = part.message;
    // Of a request whose window has shut nothing is posted: only messages of the same windows share one.
    const key = `${part.requestKey} ${JSON.stringify(part.windows)}`;
    const open = requests.find(
      (each) => each.key === key && each.parts.length < recipientsPerRequest && !each.recipients.has(recipient),
    );
    if (open) {
      open.parts.push(part);
      open.recipients.add(recipient);
    } else requests.push({ key, parts: [part], recipients: new Set([recipient]) });
  }
  return requests.map(({ parts }) => parts);
}
