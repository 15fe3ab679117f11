import type { MessageState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, firstIdOf, lastId } from "../connection/new-id.ts";
import type { MessageRow } from "./message-row.ts";

/** What the request came to: taken by the carrier, refused or given up before that, or neither yet. */
export const requestStates = ["accepted", "refused", "open"] as const;
export type RequestState = (typeof requestStates)[number];

/** Which messages are meant; several fields narrow each other. */
export interface MessageFilter {
  /** Only those that were imported or enqueued at or after this moment. */
  from?: Date;
  /** … and before this one. */
  until?: Date;
  route?: string;
  campaignId?: string;
  /** In the ledger's form. */
  recipient?: string;
  state?: MessageState;
  request?: RequestState;
  /** Code of the template their content is sent by. */
  templateCode?: string;
  /** The carrier's id of the request or of the message. */
  requestId?: string;
}

export interface MessagePage {
  rows: MessageRow[];
  /** Where the next page begins, also when this one is not full: so much was looked through, and there is more. Null at the end. */
  before: string | null;
}

/** Rows looked through by one statement, and statements of one page: a rare state among millions costs a page no more than these. */
const rowsAtOnce = 20_000;
const roundsAPage = 10;

/**
 * The history of all carriers, newest first; `before` is that of the page before. Ids are in the order of time, so a period is a piece of
 * the primary key, and no further index is needed: each would cost every import and claim. What is not named by an id or a number is found
 * by walking over that piece, at most 200,000 rows a page.
 */
export async function searchMessages(
  sql: Sql,
  { limit, before, ...filter }: MessageFilter & { limit: number; before?: string },
): Promise<MessagePage> {
  const lowest = filter.from === undefined ? firstId : firstIdOf(filter.from.getTime());
  const until = filter.until === undefined ? lastId : firstIdOf(filter.until.getTime());
  let highest = before !== undefined && before < until ? before : until;
  const rows: MessageRow[] = [];
  for (let round = 0; round < roundsAPage; round++) {
    const range = { lowest, highest };
    const wanted = limit - rows.length;
    const found = await sql<MessageRow[]>`
      select * from (${candidates(sql, filter, range, rowsAtOnce)}) as candidate
      where ${conditions(sql, filter)}
      order by id desc
      limit ${wanted + 1}`;
    rows.push(...found.slice(0, wanted));
    if (found.length > wanted) return { rows, before: rows.at(-1)?.id ?? null };
    const [last] = await sql<{ id: string }[]>`
      select id from (${candidates(sql, filter, range, rowsAtOnce)}) as candidate
      order by id desc offset ${rowsAtOnce - 1} limit 1`;
    if (!last) return { rows, before: null };
    highest = last.id;
  }
  return { rows, before: highest };
}

/**
 * All that a filter finds, page by page, newest first, for an export of any size.
 * @param signal stops it before its next page, also while nothing is found; what was aborted with is thrown
 */
export async function* streamSearch(
  sql: Sql,
  filter: MessageFilter,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<MessageRow[], void, undefined> {
  let before: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await searchMessages(sql, { ...filter, limit: pageSize, ...(before && { before }) });
    if (page.rows.length > 0) yield page.rows;
    if (page.before === null) return;
    before = page.before;
  }
}

const pageSize = 2_000;

/** The newest rows of the range, by the narrowest way that the filter allows. */
function candidates(
  sql: Sql,
  { requestId, recipient, campaignId }: MessageFilter,
  { lowest, highest }: { lowest: string; highest: string },
  limit: number,
) {
  const inRange = sql`message.id >= ${lowest}::uuid and message.id < ${highest}::uuid`;
  if (requestId !== undefined) {
    return sql`
      select found.* from route
      cross join lateral (
        select * from message where message.route = route.name and provider_message_id = ${requestId}
        union all
        select * from message
        where message.route = route.name and provider_order_id = ${requestId}
          and provider_order_id is distinct from provider_message_id
      ) as found
      where found.id >= ${lowest}::uuid and found.id < ${highest}::uuid
      order by found.id desc limit ${limit}`;
  }
  if (recipient !== undefined) {
    // By campaign, as in messagesOfRecipient: an index on the recipient alone would cost every import.
    return sql`
      select found.* from campaign
      cross join lateral (
        select * from message where campaign_id = campaign.id and recipient = ${recipient} and ${inRange}
      ) as found
      union all
      select * from message where campaign_id is null and recipient = ${recipient} and ${inRange}
      order by id desc limit ${limit}`;
  }
  if (campaignId !== undefined) {
    return sql`
      select * from message
      where (campaign_id, id) >= (${campaignId}::uuid, ${lowest}::uuid) and (campaign_id, id) < (${campaignId}::uuid, ${highest}::uuid)
      order by campaign_id desc, id desc limit ${limit}`;
  }
  return sql`select * from message where ${inRange} order by id desc limit ${limit}`;
}

function conditions(sql: Sql, { route, campaignId, state, request, templateCode }: MessageFilter) {
  return sql`true
    ${route === undefined ? sql`` : sql`and candidate.route = ${route}`}
    ${campaignId === undefined ? sql`` : sql`and candidate.campaign_id = ${campaignId}::uuid`}
    ${state === undefined ? sql`` : sql`and candidate.state = ${state}::message_state`}
    ${request === undefined ? sql`` : requestCondition(sql, request)}
    ${
      templateCode === undefined
        ? sql``
        : // Campaigns are few; a single message carries its content itself.
          sql`and (candidate.content ->> 'templateCode' = ${templateCode} or candidate.campaign_id = any(array(
              select id from campaign where campaign.content ->> 'templateCode' = ${templateCode})))`
    }`;
}

function requestCondition(sql: Sql, request: RequestState) {
  switch (request) {
    case "accepted":
      return sql`and candidate.accepted_at is not null`;
    case "refused":
      return sql`and candidate.accepted_at is null and candidate.state in ('rejected', 'failed')`;
    case "open":
      return sql`and candidate.accepted_at is null and candidate.ended_at is null`;
    default:
      return request satisfies never;
  }
}
