import type { MessageState } from "@hikyaku/core";
import { insertMessage, newId, type Sql } from "@hikyaku/ledger";
import * as z from "zod";
import { IdempotencyConflictError, InvalidMessageError } from "../errors/request-errors.ts";
import type { JobHandoff } from "../handoff/job-handoff.ts";
import { bothLegs } from "../recipients/both-legs.ts";
import { cellsOf } from "../recipients/row-cells.ts";
import { createRowChecker } from "../recipients/row-checker.ts";
import { createWarningTally } from "../recipients/warning-tally.ts";
import { requestHashOf } from "../request/canonical-json.ts";
import { contentOf } from "../request/content-field.ts";
import { checkPlan, type FallbackOptions, fallbackFields, planOf } from "../request/fallback-fields.ts";
import { instant, label, lengthOfTime, readFields } from "../request/read-fields.ts";
import { oneValidity, validUntil } from "../request/validity.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { RouteBook } from "../routes/route-book.ts";

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
}

export async function sendMessage(
  { sql, routes, handoff }: SendContext,
  request: MessageRequest,
  options: SendOptions = {},
): Promise<MessageResult> {
  const { route, to, variables, ...fields } = readFields(requestSchema, request);
  const { idempotencyKey = null } = readFields(optionsSchema, options);
  oneValidity(fields);
  const given = contentOf(fields);
  const { rules } = await routes.find(route);
  const prepared = prepareContent(rules, given);
  const fallback = planOf(fields);
  checkPlan(fallback, prepared, fields);
  const tally = createWarningTally(prepared.warnings);
  const values = cellsOf({ to, ...variables }, prepared.variables)?.slice(1) ?? [];
  const checked = createRowChecker(rules, fallback ? bothLegs(prepared) : prepared, tally)([to, ...values], 1);
  if (!checked.ok) {
    throw new InvalidMessageError([{ path: checked.path, message: checked.reason, code: checked.code }]);
  }

  const { recipient, vars, segments } = checked;
  const { validFor, validUntil: until } = fields;
  const asked = { route, recipient, vars, content: prepared.content, validFor, validUntil: until, fallback };
  const requestHash = requestHashOf(asked);
  const { message, created } = await insertMessage(sql, {
    id: newId(),
    route,
    recipient,
    content: prepared.content,
    vars,
    segments,
    validUntil: validUntil(fields, new Date()),
    idempotencyKey,
    requestHash,
    fallback: fallback ?? null,
  });
  if (idempotencyKey !== null && !message.requestHash?.equals(requestHash)) {
    throw new IdempotencyConflictError(idempotencyKey, message.id);
  }
  // Also for a repeated call: the first one may have ended between ledger and queue. A retry has its own time.
  const isNew = message.state === "queued" && message.attempts === 0;
  return {
    id: message.id,
    state: message.state,
    created,
    segments: message.segments,
    validUntil: message.validUntil,
    handedOver: isNew && (await handoff.putSingle(route, message.id)),
    warnings: tally.list().map(({ code, message: text }) => ({ code, message: text })),
  };
}
