import type { PreparedContent, SecondLegPlan } from "@hikyaku/core";
import * as z from "zod";
import type { Fault } from "../errors/hikyaku-error.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { lengthOfTime } from "./read-fields.ts";
import type { Validity } from "./validity.ts";

/** What follows a message that does not arrive: the part of its content that stands alone, for +Message its SMS. */
export interface FallbackOptions {
  /** Who has not got the message so long after its acceptance, e.g. `"4h"`, gets the SMS. Whoever it failed for gets it at once. */
  fallbackAfter?: string;
  /** Also where nobody knows whether the message went out: some may then get both. Default false. */
  fallbackOnUnknown?: boolean;
  /** Also where the gateway refused the message, at once. Default false: mostly it is the content that is wrong. */
  fallbackOnRejected?: boolean;
}

const longestMs = 14 * 24 * 3_600_000;

const flag = z.boolean("true or false").optional();

/** The fields, for schemas that have more of them. */
export const fallbackFields = {
  fallbackAfter: lengthOfTime.refine((ms) => ms >= 1_000 && ms <= longestMs, "from 1s to 14d").optional(),
  fallbackOnUnknown: flag,
  fallbackOnRejected: flag,
};

interface GivenFallback {
  fallbackAfter?: number | undefined;
  fallbackOnUnknown?: boolean | undefined;
  fallbackOnRejected?: boolean | undefined;
}

/** Undefined when nothing is to follow. @throws InvalidRequestError when the others are given without `fallbackAfter` */
export function planOf({
  fallbackAfter,
  fallbackOnUnknown = false,
  fallbackOnRejected = false,
}: GivenFallback): SecondLegPlan | undefined {
  if (fallbackAfter !== undefined) {
    return { afterMs: fallbackAfter, onUnknown: fallbackOnUnknown, onRejected: fallbackOnRejected };
  }
  const flags = { fallbackOnUnknown, fallbackOnRejected };
  const alone = Object.entries(flags).flatMap(([path, isGiven]) => (isGiven ? [path] : []));
  if (alone.length === 0) return undefined;
  throw new InvalidRequestError(
    alone.map((path) => ({ path, message: "fallbackAfter is missing; give it, e.g. 4h, or leave this one out" })),
  );
}

/**
 * Whether a content can be followed as the plan says.
 *
 * @throws InvalidRequestError
 */
export function checkPlan(
  plan: SecondLegPlan | undefined,
  prepared: Pick<PreparedContent, "fallback" | "channel">,
  validity: Validity & { startAt?: Date | null },
): void {
  if (!plan) return;
  const faults: Fault[] = [];
  if (!prepared.fallback) {
    faults.push({
      path: "fallbackAfter",
      message:
        "nothing of the content can follow when it does not arrive; give it both a +Message and an SMS that can be read alone, or leave this one out",
    });
  } else if (plan.onUnknown && (prepared.channel ?? null) === null) {
    faults.push({
      path: "fallbackOnUnknown",
      message:
        "the carrier chooses the channel of this content, so what went out may have been the SMS already; choose one in the content, or leave this one out",
    });
  }
  const ends = validityMs(validity);
  if (ends !== null && ends <= plan.afterMs) {
    faults.push({
      path: "fallbackAfter",
      message: "not shorter than the validity, so nothing would ever follow; shorten it, or give a longer validity",
    });
  }
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

/** How long the message may be sent, counted from its start. */
function validityMs({ validFor, validUntil, startAt }: Validity & { startAt?: Date | null }): number | null {
  if (validFor !== undefined) return validFor;
  return validUntil === undefined ? null : validUntil.getTime() - (startAt?.getTime() ?? Date.now());
}
