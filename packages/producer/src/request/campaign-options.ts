import type {
  DeliveryWindow,
  MessageClass,
  PreparedContent,
  ProviderRules,
  RuleOverride,
  SecondLegPlan,
} from "@hikyaku/core";
import type { CampaignRow, OnUnknown } from "@hikyaku/ledger";
import * as z from "zod";
import { canonicalJson, requestHashOf } from "./canonical-json.ts";
import { classFields } from "./class-fields.ts";
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
  /**
   * What it is for: it decides when messages may go out, and what an advertising text must hold. Default: the route's, which
   * is `advertising` unless the operator has set another.
   */
  class?: MessageClass;
  /** Local times at which messages may go out, within those of the class. Default: those of the class. */
  window?: DeliveryWindow | string | null;
  /**
   * Rules of the class that are set aside for this campaign, each with its reason. `window` alone drops the delivery window;
   * with `window` given it may be wider than the class's. They stand in the audit.
   */
  overrides?: readonly RuleOverride[];
  /** Who asks, for the audit. Default: the producer's `actor`. */
  by?: string;
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
  class: MessageClass | undefined;
  /** Undefined: as the class has it. */
  window: DeliveryWindow | null | undefined;
  /** Undefined when there are none. */
  overrides: readonly RuleOverride[] | undefined;
  by: string | undefined;
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
  ...classFields,
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
    class: fields.class,
    window: fields.window,
    overrides: fields.overrides?.length ? fields.overrides : undefined,
    by: fields.by,
    startAt: fields.startAt ?? null,
    onUnknown: fields.onUnknown ?? null,
    fallback: planOf(fields),
    validUntil: fields.validUntil,
    validFor: fields.validFor,
  };
}

/**
 * Hash over all that makes two requests of one key the same or not, but for the policy where it is left to the route, see
 * {@link isSamePolicy}.
 * Name and asker may change. Class and overrides count as they were given and not at all when they were not: so it is the same as before
 * there were any.
 */
export function campaignHash(checked: CheckedOptions, prepared: PreparedContent): Buffer {
  const { key: _, name: __, by: ___, ...options } = checked;
  const { window = null, onUnknown } = options;
  return requestHashOf({ ...options, window, onUnknown: onUnknown ?? "hold", content: prepared.content });
}

/** In what a request differs from the campaign that has its key, as far as the campaign's row still tells. */
export function differences(campaign: CampaignRow, { options, content, rules, secondRules }: AskedContents): string[] {
  const { fallback = null } = options;
  const secondContent = withCopyOf(campaign.fallback?.content, fallback?.content, secondRules);
  const plan = secondContent === undefined ? fallback : { ...fallback, content: secondContent };
  const same = {
    route: campaign.route === options.route,
    content: canonicalJson(campaign.content) === canonicalJson(withCopyOf(campaign.content, content, rules)),
    priority: campaign.priority === options.priority,
    class: options.class === undefined || campaign.class === options.class,
    window: canonicalJson(campaign.deliveryWindow) === canonicalJson(options.window ?? null),
    overrides: canonicalJson(campaign.overrides.map(asked)) === canonicalJson(options.overrides ?? []),
    onUnknown: isSamePolicy(campaign, options),
    fallback: canonicalJson(campaign.fallback) === canonicalJson(plan),
  };
  const named = Object.entries(same).flatMap(([field, isSame]) => (isSame ? [] : [field]));
  // A campaign that has started carries the moment it started at, and a validity counted from it.
  return named.length > 0 ? named : ["startAt, validUntil or validFor"];
}

export interface AskedContents {
  options: CheckedOptions;
  /** Of the first leg, as it was prepared. */
  content: unknown;
  rules: Pick<ProviderRules, "templates">;
  /** Of the route of the second leg. */
  secondRules: Pick<ProviderRules, "templates">;
}

/** What was asked for with the copy of the template that the campaign was given, which is no part of what was asked for. */
function withCopyOf(given: unknown, asked: unknown, { templates }: Pick<ProviderRules, "templates">): unknown {
  const copy = templates?.usedBy(given)?.copy ?? null;
  const isCopied = copy !== null && templates?.usedBy(asked)?.copy === null;
  return templates !== undefined && isCopied ? templates.withCopy(asked as Record<string, unknown>, copy) : asked;
}

/** Whoever leaves the policy to the route may be asked again when the route has another one. */
export function isSamePolicy(campaign: Pick<CampaignRow, "onUnknown">, options: CheckedOptions): boolean {
  return options.onUnknown === null || campaign.onUnknown === options.onUnknown;
}

function asked({ rule, reason }: RuleOverride): RuleOverride {
  return { rule, reason };
}
