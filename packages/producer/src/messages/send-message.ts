import {
  classOf,
  type MessageClass,
  type MessageState,
  mayGoOutFrom,
  type RuleOverride,
  windowsInForce,
} from "@hikyaku/core";
import { findMessage, insertMessage, newId, type Sql } from "@hikyaku/ledger";
import * as z from "zod";
import { IdempotencyConflictError, InvalidMessageError } from "../errors/request-errors.ts";
import type { JobHandoff } from "../handoff/job-handoff.ts";
import { recorded } from "../law/campaign-law.ts";
import { checkReservation } from "../law/check-reservation.ts";
import { createRowLaw } from "../law/row-law.ts";
import { bothLegs } from "../recipients/both-legs.ts";
import { cellsOf, consentCellsOf } from "../recipients/row-cells.ts";
import { createRowChecker } from "../recipients/row-checker.ts";
import { createWarningTally } from "../recipients/warning-tally.ts";
import { requestHashOf } from "../request/canonical-json.ts";
import { classFields } from "../request/class-fields.ts";
import { contentOf } from "../request/content-field.ts";
import { checkPlan, type FallbackOptions, fallbackFields, planOf } from "../request/fallback-fields.ts";
import { instant, label, lengthOfTime, readFields } from "../request/read-fields.ts";
import { secondLegOf, withSecondTemplate } from "../request/second-leg.ts";
import { oneValidity, validUntil } from "../request/validity.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { RouteBook } from "../routes/route-book.ts";
import { withTemplate } from "../templates/with-template.ts";

/** One message to one recipient, ahead of all campaigns; with `fallbackAfter` also what follows when it does not arrive. */
export interface MessageRequest extends FallbackOptions {
  /** Name of a route in the configuration of the running system. */
  route: string;
  /** A phone number in any usual spelling. */
  to: string;
  /** Short form of `content: { text }`. */
  text?: string;
  /** What the route's carrier takes. */
  content?: Readonly<Record<string, unknown>>;
  /** Values of the content's `#{name}` places. */
  variables?: Readonly<Record<string, string | number | bigint>>;
  /** What it is for. Default: the route's, which is `transactional` unless the operator has set another. */
  class?: MessageClass;
  /** Rules of the class that are set aside for this message, each with its reason. They stand in the audit. */
  overrides?: readonly RuleOverride[];
  /** Who asks, for the audit. Default: the producer's `actor`. */
  by?: string;
  /** When the recipient agreed to advertising, and how: as `consent_at` and `consent_source` of a campaign's recipients. */
  consentAt?: Date | string;
  consentSource?: string;
  /** A message not sent by then expires. Default: no end. */
  validUntil?: Date | string;
  /** The same as a length of time from now, e.g. `"5m"`. */
  validFor?: string;
}

export interface SendOptions {
  /** A name of yours for this one message: giving it again answers the same message and sends nothing. */
  idempotencyKey?: string;
}

/** What a single message is after the call. */
export interface MessageResult {
  id: string;
  /** `queued`, or `suppressed` when the recipient is on the suppression list and gets nothing. Later states on a repeated call. */
  state: MessageState;
  /** False when the idempotency key was known already. */
  created: boolean;
  /** Billable parts. */
  segments: number;
  validUntil: Date | null;
  /** What it is for; null for one from before there were classes. */
  class: MessageClass | null;
  /** When its class's delivery window opens, while it waits for that. */
  waitsUntil: Date | null;
  /**
   * False when Redis did not take the job in time. The message is safe in the ledger all the same and a worker finds it there,
   * some seconds later. Also false when there is nothing to hand over.
   */
  handedOver: boolean;
  warnings: { code: string; message: string }[];
}

const requestSchema = z.strictObject(
  {
    route: label,
    to: z.string("a phone number as text"),
    text: z.string("a text").optional(),
    content: z.unknown().optional(),
    variables: z
      .custom<Readonly<Record<string, unknown>>>(
        (value) => typeof value === "object" && value !== null,
        "an object of values by the names of the variables",
      )
      .default({}),
    ...classFields,
    consentAt: z.union([z.date(), z.string()], "a Date or a text").optional(),
    consentSource: z.string("a text").optional(),
    validUntil: instant.optional(),
    validFor: lengthOfTime.optional(),
    ...fallbackFields,
  },
  "an object with route, to and text or content",
);

const optionsSchema = z.strictObject({ idempotencyKey: label.optional() }, "an object such as { idempotencyKey }");

export interface SendContext {
  sql: Sql;
  routes: RouteBook;
  handoff: JobHandoff;
  /** Who acts, for the audit. */
  actor: string;
}

export async function sendMessage(
  { sql, routes, handoff, actor }: SendContext,
  request: MessageRequest,
  options: SendOptions = {},
): Promise<MessageResult> {
  const { route, to, variables, ...fields } = readFields(requestSchema, request);
  const { idempotencyKey = null } = readFields(optionsSchema, options);
  oneValidity(fields);
  const given = contentOf(fields);
  const { rules, classRules } = await routes.find(route);
  const prepared = prepareContent(rules, given);
  const fallback = planOf(fields);
  checkPlan(fallback, prepared, fields);
  const now = new Date();
  const messageClass = classOf(fields.class, classRules, "single");
  const { overrides = [], consentAt, consentSource } = fields;
  const known = idempotencyKey === null ? null : await findMessage(sql, { idempotencyKey });
  // Template and reservation only of a new message: a repeated call answers what the first one did, whatever became of them since.
  const withCopy = known ? prepared : await withTemplate(sql, { route, rules, prepared });
  const follows = await secondLegOf(routes, fallback, { route, rules, prepared: withCopy });
  const second = known ? follows : await withSecondTemplate(sql, follows);
  const legs = bothLegs({ rules, prepared: withCopy }, second);
  const law = createRowLaw({ messageClass, overrides, prepared: legs.content, classRules, now });
  const tally = createWarningTally([...withCopy.warnings, ...(second?.warnings ?? [])]);
  const values = cellsOf({ to, ...variables }, legs.variables)?.slice(1) ?? [];
  const consents = consentCellsOf({ consent_at: consentAt, consent_source: consentSource });
  const checked = createRowChecker(legs.rules, legs.content, tally, law)([to, ...values, ...consents], 1);
  if (!checked.ok) {
    const path = checked.path === "consent_at" ? "consentAt" : checked.path;
    throw new InvalidMessageError([{ path, message: checked.reason, code: checked.code }]);
  }

  const { recipient, vars, segments } = checked;
  const { validFor, validUntil: until } = fields;
  const requestHash = requestHashOf({
    ...{ route, recipient, vars, content: prepared.content, validFor, validUntil: until, fallback },
    // As they were given and not at all when they were not: so it is the same as before there were any.
    ...{ class: fields.class, overrides: overrides.length > 0 ? overrides : undefined, consentAt, consentSource },
  });
  const windows = windowsInForce({ class: messageClass, deliveryWindow: null, overrides }, classRules);
  const opening = mayGoOutFrom(windows, now);
  const ends = validUntil(fields, now);
  if (prepared.reservedAt && !known) {
    checkReservation({ prepared, windows, from: now, validUntil: ends });
  }
  const { message, created } = await insertMessage(sql, {
    id: newId(),
    route,
    recipient,
    content: prepared.content,
    vars,
    segments,
    validUntil: ends,
    idempotencyKey,
    requestHash,
    fallback: fallback ?? null,
    class: messageClass,
    overrides: recorded(overrides, fields.by ?? actor, now),
    consent: checked.consent ?? null,
    dueAt: opening !== null && opening > now ? opening : null,
  });
  if (idempotencyKey !== null && !message.requestHash?.equals(requestHash)) {
    throw new IdempotencyConflictError(idempotencyKey, message.id);
  }
  // Also for a repeated call: the first one may have ended between ledger and queue. A retry has its own time.
  const isNew = message.state === "queued" && message.attempts === 0;
  // What waits for its window is taken from the ledger when that opens.
  const waitsUntil = isNew ? message.dueAt : null;
  if (waitsUntil && message.validUntil && message.validUntil <= waitsUntil) {
    tally.note("expires-before-window", `it expires before its delivery window opens (${waitsUntil.toISOString()})`, 1);
  }
  return {
    id: message.id,
    state: message.state,
    created,
    segments: message.segments,
    validUntil: message.validUntil,
    class: message.class,
    waitsUntil,
    handedOver: isNew && waitsUntil === null && (await handoff.putSingle(route, message.id)),
    warnings: tally.list().map(({ code, message: text }) => ({ code, message: text })),
  };
}
