import type { SubscribersAnswer } from "@hikyaku/core";
import type { PacedAsker } from "./paced-asker.ts";
import { QuestionError } from "./question-error.ts";

export type SubscribersPage = Extract<SubscribersAnswer, { kind: "page" }>;

const tries = 3;

/**
 * One page of the users registered with the account; null when the signal came first. A page that can't be read is asked for again.
 * @throws QuestionError when there is no page to be had
 */
export async function subscribersPage(
  ask: PacedAsker,
  { cursor, signal }: { cursor?: string | undefined; signal: AbortSignal },
): Promise<SubscribersPage | null> {
  for (let tried = 1; ; tried++) {
    const answer = await ask<SubscribersAnswer>((client) => client.listSubscribers?.(cursor), signal);
    if (answer === null) return null;
    if (answer === undefined) throw new QuestionError("not-offered", "the carrier offers no list of subscribers");
    switch (answer.kind) {
      case "page":
        return answer;
      case "not-available":
        throw new QuestionError("not-offered", answer.reason);
      case "held":
        throw new QuestionError("refused", answer.reason);
      case "throttled":
      case "failed-check":
        if (tried === tries) throw new QuestionError("failing", answer.reason);
        break;
      default:
        return answer satisfies never;
    }
  }
}
