import { type Answer, refused } from "./answer.ts";
import { outcomeOf } from "./outcomes.ts";
import { gatewayError } from "./refusal.ts";
import type { SensState } from "./state.ts";

/** What keeps a send from being stored at all: the day's quota, by number or used up (protocol notes §15.1, §16). */
export function refuseForQuota(numbers: readonly string[], state: SensState): Answer | undefined {
  const { magicNumbers } = state.settings;
  const isAsked = numbers.some((to) => outcomeOf(to, magicNumbers).quota === true);
  return isAsked || !state.takeQuota(numbers.length)
    ? refused(gatewayError("400", "The daily sending limit is used up."))
    : undefined;
}

/** An error, or silence, in place of the answer to a send that was stored: nobody can tell it from one that was not. */
export function spoilAnswer(answer: Answer, numbers: readonly string[], state: SensState): Answer {
  const { magicNumbers } = state.settings;
  const modes = state.modes();
  for (const to of numbers) {
    const { errorAfterStore } = outcomeOf(to, magicNumbers);
    if (errorAfterStore !== undefined) return refused(gatewayError(errorAfterStore, "Stored all the same."));
  }
  if (state.random.happens(modes.serverErrorAfterStore)) return refused(gatewayError("900", "Stored all the same."));
  return state.random.happens(modes.resetAfterStore) ? { kind: "cut" } : answer;
}
