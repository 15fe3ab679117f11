import { type InboundEvent, inboundEvents } from "@hikyaku/core";
import { findCampaign, type InboundFilter, type InboundRow, type Sql, streamInbound } from "@hikyaku/ledger";
import * as z from "zod";
import { CampaignNotFoundError } from "../errors/campaign-errors.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";
import type { CampaignRef } from "../producer.ts";
import { instant, label, readFields } from "../request/read-fields.ts";
import type { RouteBook } from "../routes/route-book.ts";

/** Which replies are meant; several fields narrow each other. */
export interface InboundRequest {
  route?: string;
  /** Answers to this campaign. */
  campaign?: CampaignRef;
  /** What this recipient did: in the form `+81…`, or in any usual spelling beside `route`. */
  to?: string;
  event?: InboundEvent;
  /** Only what held a configured word of this kind. */
  word?: "opt-out" | "opt-in";
  /** Only what arrived at or after this moment. */
  since?: Date | string;
}

/** A reply, a tap or a registration. */
export type Inbound = InboundRow;

const refSchema = z.union([z.strictObject({ id: label }), z.strictObject({ key: label })], "{ id } or { key }");
const requestSchema = z.strictObject(
  {
    route: label.optional(),
    campaign: refSchema.optional(),
    to: z.string("a phone number").min(1, "a phone number").optional(),
    event: z.enum(inboundEvents, `one of ${inboundEvents.join(", ")}`).optional(),
    word: z.enum(["opt-out", "opt-in"], "opt-out or opt-in").optional(),
    since: instant.optional(),
  },
  "an object such as { route, since }",
);

/** Everything that a request finds, newest first; read page by page. */
export async function* readInbound(
  { sql, routes }: { sql: Sql; routes: RouteBook },
  request: InboundRequest,
): AsyncGenerator<Inbound, void, undefined> {
  const { route, campaign, to, event, word, since } = readFields(requestSchema, request);
  const filter: InboundFilter = {
    ...(route === undefined ? {} : { route }),
    ...(campaign === undefined ? {} : { campaignId: await campaignIdOf(sql, campaign) }),
    ...(to === undefined ? {} : { recipient: await recipientOf(to, route, routes) }),
    ...(event === undefined ? {} : { event }),
    ...(word === undefined ? {} : { wordKind: word }),
    ...(since === undefined ? {} : { since }),
  };
  for await (const page of streamInbound(sql, filter)) yield* page;
}

async function campaignIdOf(sql: Sql, ref: CampaignRef): Promise<string> {
  const campaign = await findCampaign(sql, ref);
  if (!campaign) throw new CampaignNotFoundError(ref);
  return campaign.id;
}

async function recipientOf(to: string, route: string | undefined, routes: RouteBook): Promise<string> {
  if (/^\+[1-9]\d{7,14}$/.test(to)) return to;
  if (route === undefined) {
    throw new InvalidRequestError([{ path: "to", message: "must be in the form +81…, or have `route` beside it" }]);
  }
  const number = (await routes.find(route)).rules.normaliseRecipient(to);
  if (number.ok) return number.recipient;
  throw new InvalidRequestError([{ path: "to", message: number.reason, code: number.code }]);
}
