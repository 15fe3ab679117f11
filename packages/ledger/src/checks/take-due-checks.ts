import type { MessageState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";

/** A message whose status is to be asked. */
export interface DueCheck {
  id: string;
  /**
   * Null when the carrier accepted it without naming an id, or when it is not known whether it did: it can't be asked about, only looked
   * up, where the carrier offers that.
   */
  providerMessageId: string | null;
  /** The carrier's id of the request it went out in. */
  providerOrderId: string | null;
  channel: string | null;
  sendMode: string | null;
  acceptedAt: Date | null;
  /** This check counted. */
  checks: number;
  state: MessageState;
  /** Of a second leg that the carrier sent by itself: the carrier's ids of the first, which is what it is asked by. */
  sentInPlaceOf: { providerMessageId: string | null; providerOrderId: string | null } | null;
}

export interface TakeDueChecksInput {
  route: string;
  /** Most calls that what is taken needs. */
  limit: number;
  leaseMs: number;
  /** Messages that one call tells of at most: those of one request. Default 1. */
  perCall?: number;
}

/**
 * Messages whose check is due, the longest waiting first. Taking one puts its next check `leaseMs` off. Where a call tells of many, those
 * of one request are taken together, also those that are due only in a moment: recorded in two statements, they differ by milliseconds.
 *
 * Of what is on its way again, or over, nothing is owed any more: it is not in the answer.
 */
export async function takeDueChecks(
  sql: Sql,
  { route, limit, leaseMs, perCall = 1 }: TakeDueChecksInput,
): Promise<DueCheck[]> {
  return await take(
    sql,
    perCall === 1 ? dueOneByOne(sql, route, limit) : dueByRequest(sql, route, limit, perCall),
    leaseMs,
  );
}

/** Whether there is any message on a route that the carrier is to be asked about, now or later. */
export async function awaitsCheck(sql: Sql, { route }: { route: string }): Promise<boolean> {
  const { count } = await sql`select from message where route = ${route} and next_check_at is not null limit 1`;
  return count > 0;
}

/** The message whose check comes next, also before its time; as {@link takeDueChecks}. Null where there is none. */
export async function takeNextCheck(
  sql: Sql,
  { route, leaseMs }: { route: string; leaseMs: number },
): Promise<DueCheck | null> {
  const next = sql`
    select id from message
    where route = ${route} and next_check_at is not null
    order by next_check_at
    limit 1
    for no key update skip locked`;
  return (await take(sql, next, leaseMs))[0] ?? null;
}

async function take(sql: Sql, due: ReturnType<typeof isOwed>, leaseMs: number): Promise<DueCheck[]> {
  const taken = await sql<(Omit<DueCheck, "sentInPlaceOf"> & FirstIds & { isOwed: boolean })[]>`
    update message set
      next_check_at = case when ${isOwed(sql)} then now() + ${leaseMs} * interval '1 millisecond' end,
      checks = least(checks + 1, 32767)
    where id in (${due})
    returning id, provider_message_id, provider_order_id, channel, send_mode, accepted_at, checks, state, ${isOwed(sql)} as is_owed,
              leg = 2 and claim is null as is_carriers,
              -- An index look-up for each, whatever the planner believes.
              (select first.provider_message_id from message as first where first.id = message.first_leg) as first_message_id,
              (select first.provider_order_id from message as first where first.id = message.first_leg) as first_order_id`;
  return taken
    .filter((row) => row.isOwed)
    .map(({ isOwed: _, isCarriers, firstMessageId, firstOrderId, ...row }) => ({
      ...row,
      sentInPlaceOf: isCarriers ? { providerMessageId: firstMessageId, providerOrderId: firstOrderId } : null,
    }));
}

interface FirstIds {
  isCarriers: boolean;
  firstMessageId: string | null;
  firstOrderId: string | null;
}

function isOwed(sql: Sql) {
  return sql`state in ('accepted', 'sent', 'unknown')`;
}

function dueOneByOne(sql: Sql, route: string, limit: number) {
  return sql`
    select id from message
    where route = ${route} and next_check_at <= now()
    order by next_check_at
    limit ${limit}
    for no key update skip locked`;
}

/** Of unknown outcome, messages of one claim went out together: what finds one finds the others. */
function dueByRequest(sql: Sql, route: string, limit: number, perCall: number) {
  return sql`
    with due as materialized (
      select id, next_check_at, provider_order_id,
             coalesce(provider_order_id, case when state = 'unknown' then claim::text end, id::text) as asked_by
      from message
      where route = ${route} and next_check_at <= now()
      order by next_check_at
      limit ${limit * perCall}
      for no key update skip locked
    ),
    call as materialized (
      select asked_by from due group by asked_by order by min(next_check_at) limit ${limit}
    ),
    rest as materialized (
      select id from message
      where route = ${route} and provider_order_id = any(array(select asked_by from call))
        and provider_order_id is not null and provider_order_id is distinct from provider_message_id
        and next_check_at <= now() + interval '2 seconds'
      for no key update skip locked
    )
    select id from due where asked_by = any(array(select asked_by from call))
    union
    select id from rest`;
}
