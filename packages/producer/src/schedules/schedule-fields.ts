import {
  defaultMissedRunPolicy,
  type MissedRunPolicy,
  parseMissedRunPolicy,
  parseRecurrence,
  type Recurrence,
} from "@hikyaku/core";
import type { ScheduleTemplate } from "@hikyaku/ledger";
import * as z from "zod";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { type CampaignOptions, campaignFields } from "../request/campaign-options.ts";
import { readFields } from "../request/read-fields.ts";

/** When a schedule runs, and what is done about a run that was missed. */
export interface ScheduleTimes {
  /** 1 Monday … 7 Sunday; left out, or null in a change, for every day. */
  weekdays?: readonly number[] | null;
  /** `HH:mm` of the local day. A time that the clock skips is due when it jumps; one that comes twice, the first time. */
  at: string;
  /** IANA name. Default `Asia/Tokyo`. */
  timeZone?: string;
  /** The first day, `YYYY-MM-DD`. */
  from: string;
  /** The last day, at most 6 months later. */
  until: string;
  /**
   * For a run that nobody could start in time: `"skip"`, or `"run-if-within 1h"`: made up for while it is no later. Default that, with one
   * hour. Missed runs stand in the history either way; of several at once only the last is made up for.
   */
  missed?: string;
}

/** What each of its campaigns says and how it is sent; as for a campaign. */
export type ScheduleTemplateOptions = Omit<CampaignOptions, "key" | "startAt" | "validUntil">;

/** A schedule. Its recipients come by `importScheduleRecipients`; before that nothing runs. */
export interface ScheduleOptions extends ScheduleTimes, ScheduleTemplateOptions {
  /** Your own name for it, 1 to 100 letters, digits, `.`, `_` and `-`. Its campaigns have the keys `CODE/2026-12-01`. */
  code: string;
  /** For people. */
  description?: string;
}

/** What changes of a schedule; what is left out stays, and null takes an option away. */
export type ScheduleChanges = {
  [Field in keyof Omit<ScheduleOptions, "code">]?: ScheduleOptions[Field] | null;
} & {
  /** While true nothing is due. What would have run meanwhile is not made up for. */
  paused?: boolean;
};

const codeError = "1 to 100 letters, digits, “.”, “_” and “-”";
export const codeField = z.string(codeError).regex(/^[\w.-]{1,100}$/, codeError);
const descriptionError = "a text of at most 500 characters";

const { key: _, startAt: __, validUntil: ___, ...templateFields } = campaignFields;
const templateNames = Object.keys(templateFields);

const timeFields = {
  weekdays: z.unknown().optional(),
  at: z.unknown().optional(),
  timeZone: z.unknown().optional(),
  from: z.unknown().optional(),
  until: z.unknown().optional(),
  missed: z.unknown().optional(),
};
const describeField = z.string(descriptionError).max(500, descriptionError);

const templateValues = Object.fromEntries(templateNames.map((name) => [name, z.unknown().optional()]));

const newSchema = z.strictObject(
  { code: codeField, description: describeField.optional(), ...timeFields, ...templateValues },
  "an object with code, at, from, until, route and content",
);
const changeSchema = z.strictObject(
  {
    description: describeField.nullable().optional(),
    paused: z.boolean("true or false").optional(),
    ...timeFields,
    ...templateValues,
  },
  "an object with what changes",
);

export interface CheckedSchedule {
  code: string;
  description: string;
  recurrence: Recurrence;
  missed: MissedRunPolicy;
  /** What the campaigns are made with, as it was given; whether it can be sent is not checked here. */
  template: ScheduleTemplate;
}

/** @throws InvalidRequestError naming every fault */
export function readSchedule(input: unknown): CheckedSchedule {
  const { code, description = "", ...fields } = readFields(newSchema, input);
  return {
    code,
    description,
    recurrence: recurrenceOf({ timeZone: "Asia/Tokyo", ...fields }),
    missed: missedOf(fields.missed) ?? defaultMissedRunPolicy,
    template: templateOf(fields),
  };
}

export interface CheckedChanges {
  description?: string;
  paused?: boolean;
  recurrence?: Recurrence;
  missed?: MissedRunPolicy;
  template?: ScheduleTemplate;
}

/** @throws InvalidRequestError naming every fault */
export function readChanges(
  input: unknown,
  schedule: { recurrence: Recurrence; template: ScheduleTemplate },
): CheckedChanges {
  const fields = readFields(changeSchema, input);
  const changes: CheckedChanges = {};
  if (fields.description !== undefined) changes.description = fields.description ?? "";
  if (fields.paused !== undefined) changes.paused = fields.paused;
  if (fields.missed !== undefined) changes.missed = missedOf(fields.missed) ?? defaultMissedRunPolicy;
  const { weekdays, at, timeZone, from, until } = fields;
  const times = definedOf({ weekdays, at, timeZone, from, until });
  if (Object.keys(times).length > 0) changes.recurrence = recurrenceOf({ ...schedule.recurrence, ...times });
  const given = definedOf(fields, templateNames);
  // Who asks is no change by itself.
  if (Object.keys(given).some((name) => name !== "by")) {
    const before: Record<string, unknown> = { ...schedule.template };
    // The two ways to say one thing: who gives one means it in place of the other.
    if (given.text !== undefined) delete before.content;
    if (given.content !== undefined) delete before.text;
    const after = Object.entries({ ...before, ...given }).filter(([, value]) => value !== null);
    changes.template = templateOf(Object.fromEntries(after));
  }
  return changes;
}

function recurrenceOf({ weekdays, at, timeZone, from, until }: Readonly<Record<string, unknown>>): Recurrence {
  const parsed = parseRecurrence({ weekdays: weekdays ?? undefined, at, timeZone, from, until });
  if (parsed.ok) return parsed.recurrence;
  const given: Record<string, unknown> = { weekdays, at, timeZone, from, until };
  throw new InvalidRequestError(
    parsed.faults.map(({ field, message }) => ({
      path: field,
      message: `${given[field] === undefined ? "missing; it " : ""}must be ${message}`,
    })),
  );
}

function missedOf(input: unknown): MissedRunPolicy | null {
  if (input === undefined || input === null) return null;
  const parsed = parseMissedRunPolicy(input);
  if (parsed.ok) return parsed.policy;
  throw new InvalidRequestError([{ path: "missed", message: `not a policy for missed runs; ${parsed.reason}` }]);
}

/** What is said of the campaigns, as plain JSON. Their own schema checks it, but for what fits one campaign and no second one. */
function templateOf(fields: Readonly<Record<string, unknown>>): ScheduleTemplate {
  const given = definedOf(fields, templateNames);
  const { content } = given;
  if (typeof content === "object" && content !== null && "reserve" in content) {
    throw new InvalidRequestError([
      {
        path: "content.reserve",
        message:
          "is one moment, but each run of a schedule makes a campaign of its own; leave reserve out, and give at and weekdays the time at which it shall go out",
      },
    ]);
  }
  return JSON.parse(JSON.stringify(given)) as ScheduleTemplate;
}

function definedOf(fields: Readonly<Record<string, unknown>>, names = Object.keys(fields)): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}
