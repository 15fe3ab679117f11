import type { InboundEvent } from "@hikyaku/core";
import { validate } from "uuid";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstIdOf, lastId } from "../connection/new-id.ts";
import type { InboundRow } from "./inbound-row.ts";

/** Which rows are meant; several fields narrow each other. */
export interface InboundFilter {
  route?: string;
  campaignId?: string;
  messageId?: string;
  recipient?: string;
  event?: InboundEvent;
  /** Only what held a word of this kind. */
  wordKind?: "opt-out" | "opt-in";
  /** Only what arrived at or after this moment. */
  since?: Date;
}

/** Newest first; `before` is the last id of the page before. */
export async function listInbound(
  sql: Sql,
  { limit, before, ...filter }: InboundFilter & { limit: number; before?: string },
): Promise<InboundRow[]> {
  // Each filter only where it is given, so that the planner can take the index that fits.
  const { route, campaignId, messageId, recipient, event, wordKind, since } = filter;
  return await sql<InboundRow[]>`
    select * from inbound
    where id < ${before ?? lastId}::uuid
      ${since === undefined ? sql`` : sql`and id >= ${firstIdOf(since.getTime())}::uuid and received_at >= ${since.toISOString()}::timestamptz`}
      ${campaignId === undefined ? sql`` : sql`and campaign_id = ${campaignId}`}
      ${messageId === undefined ? sql`` : sql`and message_id = ${messageId}`}
      ${recipient === undefined ? sql`` : sql`and recipient = ${recipient}`}
      ${route === undefined ? sql`` : sql`and route = ${route}`}
      ${event === undefined ? sql`` : sql`and event = ${event}`}
      ${wordKind === undefined ? sql`` : sql`and word_kind = ${wordKind}`}
    order by id desc
    limit ${limit}`;
}

/** All of them, page by page, newest first, for an export of any size. */
export async function* streamInbound(sql: Sql, filter: InboundFilter): AsyncGenerator<InboundRow[], void, undefined> {
  let before: string | undefined;
  for (;;) {
    const page = await listInbound(sql, { ...filter, limit: pageSize, ...(before && { before }) });
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    before = page.at(-1)?.id;
  }
}

const pageSize = 2_000;

/** One row with the raw body it was read from; null when there is none. The body is gone before it where receipts are kept for less long. */
export async function findInbound(
  sql: Sql,
  { id }: { id: string },
): Promise<{ inbound: InboundRow; body: string | null; seen: number } | null> {
  if (!validate(id)) return null;
  const [inbound] = await sql<InboundRow[]>`select * from inbound where id = ${id}`;
  if (!inbound) return null;
  const [raw] = await sql<{ body: string; seen: number }[]>`select body, seen from receipt_raw where id = ${id}`;
  return { inbound, body: raw?.body ?? null, seen: raw?.seen ?? 1 };
}
