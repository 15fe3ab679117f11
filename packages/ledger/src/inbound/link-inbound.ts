import { validate } from "uuid";
import type { Queryable } from "../connection/connect-ledger.ts";
import type { InboundRules } from "./apply-inbound.ts";
import { type Candidate, findCandidates } from "./find-candidates.ts";
import type { InboundRow, LinkWay } from "./inbound-row.ts";

/**
 * Fills in which message each row answers, by the surest way there is (protocol notes §13.3): the reference in a button's
 * data; the carrier's id, should it be that of one of our messages; else the latest message to that number on that route,
 * sent from the number that was written to. A reference counts only for the number that its message went to.
 */
export async function linkInbound(
  transaction: Queryable,
  rows: readonly InboundRow[],
  rulesOf: (route: string) => InboundRules,
): Promise<void> {
  await linkByReference(transaction, rows, rulesOf);
  await linkByCarrierId(transaction, rows.filter(isOpen));
  await linkByNumberAndTime(transaction, rows.filter(isOpen), rulesOf);
}

interface Found {
  id: string;
  campaignId: string | null;
  recipient: string;
}

function isOpen({ messageId, recipient }: InboundRow): boolean {
  return messageId === null && recipient !== null;
}

function link(row: InboundRow, message: { id: string; campaignId: string | null }, way: LinkWay): void {
  row.messageId = message.id;
  row.campaignId = message.campaignId;
  row.linkedBy = way;
}

async function linkByReference(
  transaction: Queryable,
  rows: readonly InboundRow[],
  rulesOf: (route: string) => InboundRules,
): Promise<void> {
  const referring = rows.flatMap((row) => {
    const reference = row.postbackData === null ? null : rulesOf(row.route).readReference(row.postbackData);
    return reference !== null && validate(reference.messageId) ? [{ row, reference }] : [];
  });
  if (referring.length === 0) return;
  const ids = [...new Set(referring.map(({ reference }) => reference.messageId.toLowerCase()))];
  const found = await transaction<Found[]>`
    select id, campaign_id, recipient from message where id = any(${ids}::uuid[])`;
  const byId = new Map(found.map((message) => [message.id, message]));
  for (const { row, reference } of referring) {
    const message = byId.get(reference.messageId.toLowerCase());
    if (!message || (row.recipient !== null && row.recipient !== message.recipient)) continue;
    link(row, message, "reference");
    row.button = reference.button;
  }
}

/** Mostly it is the id of the user's own message, which is none of ours; the guide's samples do not settle it. */
async function linkByCarrierId(transaction: Queryable, rows: readonly InboundRow[]): Promise<void> {
  const named = rows.filter(({ userMessageId }) => userMessageId !== null);
  if (named.length === 0) return;
  const found = await transaction<(Found & { route: string; providerMessageId: string })[]>`
    with given as materialized (
      select distinct route, carrier_id
      from unnest(${named.map(({ route }) => route)}::text[], ${named.map(({ userMessageId }) => userMessageId)}::text[])
        as given (route, carrier_id)
    )
    select message.id, message.campaign_id, message.recipient, message.route, message.provider_message_id
    from given join message on message.route = given.route and message.provider_message_id = given.carrier_id`;
  for (const row of named) {
    const message = found.find(
      ({ route, providerMessageId, recipient }) =>
        route === row.route && providerMessageId === row.userMessageId && recipient === row.recipient,
    );
    if (message) link(row, message, "carrier-id");
  }
}

async function linkByNumberAndTime(
  transaction: Queryable,
  rows: readonly InboundRow[],
  rulesOf: (route: string) => InboundRules,
): Promise<void> {
  const candidates = await findCandidates(
    transaction,
    rows.map(({ route, recipient, receivedAt, smsNumber }) => ({
      ...{ route, recipient: recipient ?? "", receivedAt },
      withinMs: rulesOf(route).linkWithinMs,
      needsContent: smsNumber !== null,
    })),
  );
  for (const [index, row] of rows.entries()) {
    const choice = choose(candidates[index] ?? [], row.smsNumber, rulesOf(row.route));
    if (choice) link(row, choice.message, choice.way);
  }
}

/**
 * The latest one sent from the number that was written to. A number that is none of the route's (a carrier shows a short code
 * in its place) says nothing, and the latest message is taken; one of the route's that sent none of these leaves it open.
 */
function choose(
  latestFirst: readonly Candidate[],
  smsNumber: string | null,
  rules: InboundRules,
): { message: Candidate; way: LinkWay } | null {
  for (const message of latestFirst) {
    const isSentFrom = smsNumber === null ? null : rules.isSentFrom(message.content, smsNumber);
    if (isSentFrom === null) return { message, way: "time" };
    if (isSentFrom) return { message, way: "number" };
  }
  return null;
}
