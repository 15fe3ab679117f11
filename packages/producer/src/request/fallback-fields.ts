import { type PreparedContent, type SecondLegPlan, variableName } from "@hikyaku/core";
import * as z from "zod";
import type { Fault } from "../errors/hikyaku-error.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { label, lengthOfTime } from "./read-fields.ts";
import type { Validity } from "./validity.ts";

/**
 * What follows a message that does not arrive: the part of its content that stands alone, for +Message its SMS; or what is given for it,
 * over the same route or another.
 */
export interface FallbackOptions {
  /** Who has not got the message so long after its acceptance, e.g. `"4h"`, gets the SMS. Whoever it failed for gets it at once. */
  fallbackAfter?: string;
  /** Also where nobody knows whether the message went out: some may then get both. Default false. */
  fallbackOnUnknown?: boolean;
  /** Also where the gateway refused the message, at once. Default false: mostly it is the content that is wrong. */
  fallbackOnRejected?: boolean;
  /** Name of another route it goes over, e.g. an SMS route behind AlimTalk. Default: the same. */
  fallbackRoute?: string;
  /** What it says there, as that route's carrier takes it. Default: the part of the content that stands alone. */
  fallbackContent?: Readonly<Record<string, unknown>>;
  /** Short form of `fallbackContent: { text }`. Its `#{name}` places are fields of the recipients as well. */
  fallbackText?: string;
  /** Field of the recipients with the number for it, where the routes reach different numbers. Default: the same number. */
  fallbackTo?: string;
}

const longestMs = 14 * 24 * 3_600_000;

const flag = z.boolean("true or false").optional();

/** The fields, for schemas that have more of them. */
export const fallbackFields = {
  fallbackAfter: lengthOfTime.refine((ms) => ms >= 1_000 && ms <= longestMs, "from 1s to 14d").optional(),
  fallbackOnUnknown: flag,
  fallbackOnRejected: flag,
  fallbackRoute: label.optional(),
  fallbackContent: z
    .custom<Readonly<Record<string, unknown>>>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "an object as the route's carrier takes it",
    )
    .optional(),
  fallbackText: z.string("a text").optional(),
  fallbackTo: label.optional(),
};

interface GivenFallback {
  fallbackAfter?: number | undefined;
  fallbackOnUnknown?: boolean | undefined;
  fallbackOnRejected?: boolean | undefined;
  fallbackRoute?: string | undefined;
  fallbackContent?: Readonly<Record<string, unknown>> | undefined;
  fallbackText?: string | undefined;
  fallbackTo?: string | undefined;
}

/** Undefined when nothing is to follow. @throws InvalidRequestError when the others are given without `fallbackAfter` */
export function planOf({
  fallbackAfter,
  fallbackOnUnknown = false,
  fallbackOnRejected = false,
  fallbackRoute,
  fallbackContent,
  fallbackText,
  fallbackTo,
}: GivenFallback): SecondLegPlan | undefined {
  if (fallbackContent !== undefined && fallbackText !== undefined) {
    throw new InvalidRequestError([
      { path: "fallbackText", message: "fallbackContent is given too; leave one of them out" },
    ]);
  }
  if (fallbackAfter !== undefined) {
    const content = fallbackContent ?? (fallbackText === undefined ? undefined : { text: fallbackText });
    return {
      ...{ afterMs: fallbackAfter, onUnknown: fallbackOnUnknown, onRejected: fallbackOnRejected },
      ...(fallbackRoute === undefined ? {} : { route: fallbackRoute }),
      ...(content === undefined ? {} : { content }),
      ...(fallbackTo === undefined ? {} : { recipientIn: variableName(fallbackTo) }),
    };
  }
  const others = { fallbackOnUnknown, fallbackOnRejected, fallbackRoute, fallbackContent, fallbackText, fallbackTo };
  const alone = Object.entries(others).flatMap(([path, given]) => (given ? [path] : []));
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
  prepared: Pick<PreparedContent, "fallback" | "channel" | "isFollowedByCarrier" | "reservedAt">,
  validity: Validity & { startAt?: Date | null },
): void {
  if (!plan) return;
  const faults: Fault[] = [];
  const isOfItsOwn = plan.route !== undefined || plan.content !== undefined;
  if (prepared.reservedAt) {
    faults.push({
      path: "content.reserve",
      message:
        "fallbackAfter counts from the moment the carrier accepts the message, which is long before its reserved time, so what follows could go out first; leave reserve out and start at that time instead (startAt), or leave fallbackAfter out",
    });
  }
  if (prepared.isFollowedByCarrier) {
    faults.push({
      path: "fallbackAfter",
      message:
        "the carrier itself sends an SMS when this content does not arrive (failover), so its recipients could get two; set failover to false, or leave this one out",
    });
  } else if (isOfItsOwn && prepared.channel === "sms") {
    faults.push({
      path: "fallbackAfter",
      message: "the content is an SMS itself, and nobody gets a second one; leave this one out",
    });
  } else if (!isOfItsOwn && !prepared.fallback) {
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
