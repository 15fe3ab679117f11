import type { DeliveryWindow, PreparedContent, SecondLegPlan } from "@hikyaku/core";
import type { CampaignRow, OnUnknown } from "@hikyaku/ledger";
import * as z from "zod";
import { canonicalJson, requestHashOf } from "./canonical-json.ts";
import { contentOf } from "./content-field.ts";
import { type FallbackOptions, fallbackFields, planOf } from "./fallback-fields.ts";
import { deliveryWindow, instant, label, lengthOfTime, readFields } from "./read-fields.ts";
import { oneValidity, type Validity } from "./validity.ts";

/** What a campaign says, and how it is sent. The same key with anything else here is an error, never a second campaign. */
export interface CampaignOptions extends FallbackOptions {
  /** Your own name for the campaign, unique for good: giving it again never sends twice. */
  key: string;
  /** For people. Default: the key. May change between calls. */
  name?: string;
  /** Name of a route in the configuration of the running system. */
  route: string;
  /** What the route's carrier takes; for SMS `{ text: "…#{name}…" }`. Every `#{name}` is a field of the recipients. */
  content?: Readonly<Record<string, unknown>>;
  /** Short form of `content: { text }`. */
  text?: string;
  /** 1 to 10: its share where several campaigns of a route run; one of 10 gets ten messages where one of 1 gets one. Default 5. */
  priority?: number;
  /** Local times at which messages may go out. Default: any time. */
  window?: DeliveryWindow | string | null;
  /** A `Date`, or ISO 8601 with offset. Default: as soon as it is imported. */
  startAt?: Date | string;
  /** Messages not sent by then expire. */
  validUntil?: Date | string;
  /** The same as a length of time from the start, e.g. `"2h"`. */
  validFor?: string;
  /**
   * When nobody can know whether a message was taken: hold it for the operator, or send it again. Default: the policy of the
   * route when the campaign is created, which is `hold` unless its configuration says otherwise.
   */
  onUnknown?: OnUnknown;
}

/** The options checked, defaults filled in. */
export interface CheckedOptions extends Validity {
  key: string;
  name: string;
  route: string;
  content: unknown;
  priority: number;
  window: DeliveryWindow | null;
  startAt: Date | null;
  /** Null: the route's. */
  onUnknown: OnUnknown | null;
  /** Undefined, not null, when nothing follows: so the hash of a request without is what it always was. */
  fallback: SecondLegPlan | undefined;
}

const priorityError = "a whole number from 1 to 10";

/** The fields, for schemas that have more of them. */
export const campaignFields = {
  key: label,
  name: label.optional(),
  route: label,
  content: z.unknown().optional(),
  text: z.string("a text").optional(),
  priority: z.int(priorityError).min(1, priorityError).max(10, priorityError).default(5),
  window: deliveryWindow.optional(),
  startAt: instant.optional(),
  validUntil: instant.optional(),
  validFor: lengthOfTime.optional(),
  onUnknown: z.enum(["hold", "resend"], '"hold" or "resend"').optional(),
  ...fallbackFields,
};

const optionsSchema = z.strictObject(campaignFields, "an object with key, route and content");

/** @throws InvalidRequestError */
export function readCampaignOptions(options: unknown): CheckedOptions {
  return toChecked(readFields(optionsSchema, options));
}

export function toChecked(fields: z.output<typeof optionsSchema>): CheckedOptions {
  oneValidity(fields);
  return {
    key: fields.key,
    name: fields.name ?? fields.key,
    route: fields.route,
    content: contentOf(fields),
    priority: fields.priority,
    window: fields.window ?? null,
    startAt: fields.startAt ?? null,
    onUnknown: fields.onUnknown ?? null,
    fallback: planOf(fields),
    validUntil: fields.validUntil,
    validFor: fields.validFor,
  };
}

/** Hash over all that makes two requests of one key the same or not. The name may change, and so may the route's policy. */
export function campaignHash({ key: _, name: __, ...options }: CheckedOptions, prepared: PreparedContent): Buffer {
  return requestHashOf({ ...options, content: prepared.content });
}

/** In what a request differs from the campaign that has its key, as far as the campaign's row still tells. */
export function differences(campaign: CampaignRow, options: CheckedOptions, prepared: PreparedContent): string[] {
  const same = {
    route: campaign.route === options.route,
    content: canonicalJson(campaign.content) === canonicalJson(prepared.content),
    priority: campaign.priority === options.priority,
    window: canonicalJson(campaign.deliveryWindow) === canonicalJson(options.window),
    onUnknown: options.onUnknown === null || campaign.onUnknown === options.onUnknown,
    fallback: canonicalJson(campaign.fallback) === canonicalJson(options.fallback ?? null),
  };
  const named = Object.entries(same).flatMap(([field, isSame]) => (isSame ? [] : [field]));
  // A campaign that has started carries the moment it started at, and a validity counted from it.
  return named.length > 0 ? named : ["startAt, validUntil or validFor"];
}
