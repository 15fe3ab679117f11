import { type DeliveryWindow, parseDeliveryWindow, parseDuration } from "@hikyaku/core";
import * as z from "zod";
import type { Fault } from "../errors/hikyaku-error.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";

/** Each error text completes "it must be …". */
const labelError = "a text of 1 to 200 characters on one line";

/** A name that the ledger keeps. */
export const label = z.string(labelError).regex(/^[^\p{Cc}]{1,200}$/u, labelError);

/** An instant, as a `Date` or as ISO 8601 with its offset. */
export const instant = z.unknown().transform((input, context): Date => {
  const moment = input instanceof Date ? input : isoInstant.safeParse(input).success ? new Date(String(input)) : null;
  if (moment && !Number.isNaN(moment.getTime())) return moment;
  context.addIssue({ code: "custom", message: "a Date, or ISO 8601 with offset, e.g. 2026-12-01T10:00:00+09:00" });
  return z.NEVER;
});
const isoInstant = z.iso.datetime({ offset: true });

/** A length of time, in milliseconds in the result. */
export const lengthOfTime = z.string("a length of time, e.g. 5m or 2h").transform((text, context): number => {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.ms > 0) return parsed.ms;
  context.addIssue({ code: "custom", message: `a length of time: ${parsed.ok ? "0 is none" : parsed.reason}` });
  return z.NEVER;
});

/** A delivery window as an object or as `09:00-20:00 Asia/Tokyo`; null means any time. */
export const deliveryWindow = z.unknown().transform((input, context): DeliveryWindow | null => {
  if (input === null) return null;
  const parsed = parseDeliveryWindow(input);
  if (parsed.ok) return parsed.window;
  for (const fault of parsed.faults) context.addIssue({ code: "custom", message: `a delivery window; ${fault}` });
  return z.NEVER;
});

export const callback = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", "a function");

export const abortSignal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal");

/** @throws InvalidRequestError naming every fault of `input` */
export function readFields<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InvalidRequestError(result.error.issues.flatMap((issue) => faultsOf(issue, input)));
}

function faultsOf(issue: z.core.$ZodIssue, input: unknown): Fault[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: key, message: "there is no such field; remove it or correct its name" }));
  }
  // Never the value itself: it may be a phone number, a text or a password.
  const isMissing = issue.path.length > 0 && valueAt(input, issue.path) === undefined;
  return [{ path, message: `${isMissing ? "missing; it " : ""}must be ${issue.message}` }];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}
