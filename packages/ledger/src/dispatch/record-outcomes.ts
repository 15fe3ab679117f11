import type { Sql } from "../connection/connect-ledger.ts";
import { atOnce } from "../fallback/at-once.ts";
import { isStopped, notNeeded } from "../fallback/stop-second-legs.ts";
import { noteReservations } from "../reservations/note-reservations.ts";
import { storable, storableKey, storableTime, storableWait } from "../text/storable.ts";

/** What one attempt came to, as the ledger keeps it. */
export interface RecordedResult {
  id: string;
  /** The token the message was claimed with. */
  claim: string;
  to: "accepted" | "queued" | "rejected" | "failed" | "unknown" | "expired";
  providerMessageId?: string | null;
  providerOrderId?: string | null;
  /** The channel the carrier says it used. */
  channel?: string | null;
  /** How it was sent, in the provider's own word: its status is asked the same way. */
  sendMode?: string | null;
  reason?: string | null;
  httpStatus?: number | null;
  /** The outcome's kind, e.g. `retry`, `throttled`, `held`. */
  outcome: string;
  /** To `queued`: when it may be tried again, from now. Default at once. */
  dueInMs?: number | null;
  /** To `queued`: false gives the attempt back. Default true. */
  useAttempt?: boolean;
  /** To `accepted`: when the first status check is owed, from now; to `unknown`: when it is looked up. None when absent. */
  nextCheckInMs?: number | null;
  /** To `accepted`: when the carrier carries it out, where that is later. Its request is known as a reservation from then on. */
  reservedAt?: Date | null;
  /** When it happened. Default now. */
  at?: Date | null;
}

/** A message that has a carrier id already, and got another one by the answer to its own attempt. */
export interface ConflictingId {
  id: string;
  /** The one it has and keeps, from a notification. */
  kept: string;
  answered: string;
}

export interface RecordedOutcomes {
  /** Ids of the messages that something was written to. */
  recorded: string[];
  /** A notification was taken for this message's and was another one's: the operator should look at both. */
  conflicting: ConflictingId[];
}

/**
 * Writes what came of claimed messages. Only the holder of a claim can: a result whose claim is no longer the message's, or
 * whose message is past `sending` and `unknown`, moves nothing and is not in the answer. But `accepted` also takes a message
 * that was queued again or closed without an answer while this one was under way: what is proven accepted must not be sent
 * again. An answer that comes late for a message already adopted by a receipt adds the carrier's ids that are missing.
 * Repeating it changes nothing.
 *
 * One statement for what was accepted, and another one for the rest when there is any. No value from a carrier makes it
 * fail.
 */
export async function recordOutcomes(
  sql: Sql,
  { worker, results }: { worker: string; results: readonly RecordedResult[] },
): Promise<RecordedOutcomes> {
  // Everybody locks in the same order, so that two records of the same messages wait for each other and never deadlock.
  const sorted = results.map(cleaned).sort((a, b) => (a.id < b.id ? -1 : 1));
  const accepted = sorted.filter(({ to }) => to === "accepted");
  const others = sorted.filter(({ to }) => to !== "accepted");
  // First, so that no reservation is ever without its row while its messages name it.
  await noteReservations(sql, accepted);
  const [late, moved] = await Promise.all([
    accepted.length > 0 ? recordAccepted(sql, accepted) : { recorded: [], conflicting: [] },
    others.length > 0 ? recordOthers(sql, worker, others) : [],
  ]);
  return { recorded: [...late.recorded, ...moved], conflicting: late.conflicting };
}

/** As the columns can hold it. */
function cleaned(result: RecordedResult): RecordedResult {
  const { httpStatus } = result;
  return {
    ...result,
    providerMessageId: storableKey(result.providerMessageId),
    providerOrderId: storableKey(result.providerOrderId),
    channel: storable(result.channel),
    sendMode: storable(result.sendMode),
    reason: storable(result.reason),
    outcome: storable(result.outcome),
    httpStatus: Number.isInteger(httpStatus) && Math.abs(httpStatus ?? 0) <= 32_767 ? httpStatus : null,
    dueInMs: storableWait(result.dueInMs),
    nextCheckInMs: storableWait(result.nextCheckInMs),
    at: storableTime(result.at),
    reservedAt: storableTime(result.reservedAt),
  };
}

async function recordAccepted(sql: Sql, results: readonly RecordedResult[]): Promise<RecordedOutcomes> {
  const column = <T>(pick: (result: RecordedResult) => T) => results.map(pick);
  const ids = column((r) => r.id);
  const rows = await sql<{ id: string }[]>`
    with moved as (
      update message set
        state = 'accepted',
        accepted_at = coalesce(result.at, now()),
        next_check_at = now() + result.next_check_in_ms * interval '1 millisecond',
        unknown_at = null,
        due_at = null,
        ended_at = null,
        provider_message_id = coalesce(result.provider_message_id, message.provider_message_id),
        provider_order_id = coalesce(result.provider_order_id, message.provider_order_id),
        channel = coalesce(result.channel, message.channel),
        send_mode = coalesce(result.send_mode, message.send_mode),
        reason = result.reason,
        -- From now on it has its time to arrive. What went out as an SMS has had what a second leg could bring.
        fallback_at = case when message.fallback_after_ms is not null and coalesce(result.channel, message.channel) is distinct from 'sms'
                           then coalesce(result.at, now()) + message.fallback_after_ms * interval '1 millisecond' end
      from unnest(
        ${ids}::uuid[],
        ${column((r) => r.claim)}::uuid[],
        ${column((r) => r.providerMessageId ?? null)}::text[],
        ${column((r) => r.providerOrderId ?? null)}::text[],
        ${column((r) => r.channel ?? null)}::text[],
        ${column((r) => r.sendMode ?? null)}::text[],
        ${column((r) => r.reason || null)}::text[],
        ${column((r) => r.nextCheckInMs ?? null)}::float8[],
        ${column((r) => r.at?.toISOString() ?? null)}::timestamptz[]
      ) as result (id, claim, provider_message_id, provider_order_id, channel, send_mode, reason, next_check_in_ms, at)
      where message.id = result.id and message.claim = result.claim
        and (message.state in ('sending', 'unknown', 'queued')
          or (message.state = 'expired' and message.accepted_at is null))
      returning message.id, message.claim
    ),
    closed as (
      delete from claim
      where id = any(array(select claim from moved))
        and cardinality(messages) = (select count(*) from moved where moved.claim = claim.id)
    )
    select id from moved`;
  const recorded = rows.map(({ id }) => id);
  if (recorded.length === results.length) return { recorded, conflicting: [] };
  const late = await addMissingIds(sql, results, new Set(recorded));
  return { recorded: [...recorded, ...late.recorded], conflicting: late.conflicting };
}

/** For messages that a receipt moved on before their answer came. */
async function addMissingIds(
  sql: Sql,
  results: readonly RecordedResult[],
  recorded: ReadonlySet<string>,
): Promise<RecordedOutcomes> {
  const late = results.filter(({ id }) => !recorded.has(id));
  const rows = await sql<{ id: string; kept: string | null; answered: string | null; isCompleted: boolean }[]>`
    with result as materialized (
      select * from unnest(
        ${late.map((r) => r.id)}::uuid[],
        ${late.map((r) => r.claim)}::uuid[],
        ${late.map((r) => r.providerMessageId ?? null)}::text[],
        ${late.map((r) => r.providerOrderId ?? null)}::text[],
        ${late.map((r) => r.channel ?? null)}::text[],
        ${late.map((r) => r.sendMode ?? null)}::text[],
        ${late.map((r) => r.at?.toISOString() ?? null)}::timestamptz[]
      ) as given (id, claim, provider_message_id, provider_order_id, channel, send_mode, at)
    ),
    completed as (
      update message set
        -- A reservation is accepted without an id; the carrier tells of it from the time on at which it carries it out.
        accepted_at = case when message.provider_message_id is null and message.ended_at is null
                           then greatest(message.accepted_at, result.at) else message.accepted_at end,
        provider_message_id = coalesce(message.provider_message_id, result.provider_message_id),
        provider_order_id = coalesce(message.provider_order_id, result.provider_order_id),
        channel = coalesce(message.channel, result.channel),
        send_mode = coalesce(message.send_mode, result.send_mode)
      from result
      where message.id = result.id and message.claim = result.claim
        and message.accepted_at is not null
        -- The ids of an answer belong together: beside another message id its order id says nothing about this message.
        and coalesce(message.provider_message_id = result.provider_message_id, true)
        and ((message.provider_message_id is null and result.provider_message_id is not null)
          or (message.provider_order_id is null and result.provider_order_id is not null)
          or (message.channel is null and result.channel is not null)
          or (message.send_mode is null and result.send_mode is not null))
      returning message.id
    )
    select message.id, message.provider_message_id as kept, result.provider_message_id as answered,
           message.id = any(array(select id from completed)) as is_completed
    from result join message on message.id = result.id and message.claim = result.claim
    where message.accepted_at is not null`;
  const conflicting = rows.flatMap(({ id, kept, answered }) =>
    kept !== null && answered !== null && kept !== answered ? [{ id, kept, answered }] : [],
  );
  return { recorded: rows.filter(({ isCompleted }) => isCompleted).map(({ id }) => id), conflicting };
}

async function recordOthers(sql: Sql, worker: string, results: readonly RecordedResult[]): Promise<string[]> {
  const column = <T>(pick: (result: RecordedResult) => T) => results.map(pick);
  const ids = column((r) => r.id);
  const rows = await sql<{ id: string }[]>`
    with moved as (
      update message set
        state = case
          -- The table of states knows no way from unknown to rejected: proof that it was refused ends it as failed.
          when message.state = 'unknown' and result.to_state = 'rejected' then 'failed'
          when result.to_state = 'queued' and ${isStopped(sql)} then 'expired'
          else result.to_state end,
        ended_at = case when result.to_state in ('rejected', 'failed', 'expired') or (result.to_state = 'queued' and ${isStopped(sql)})
                        then coalesce(result.at, now()) end,
        unknown_at = case when result.to_state = 'unknown' then coalesce(result.at, now()) end,
        next_check_at = case when result.to_state = 'unknown' then now() + result.next_check_in_ms * interval '1 millisecond' end,
        due_at = case when result.to_state = 'queued' and not ${isStopped(sql)}
                      then now() + coalesce(result.due_in_ms, 0) * interval '1 millisecond' end,
        -- Something ended the first leg, or nobody knows what did: to be decided at once.
        fallback_at = case when message.fallback_after_ms is not null and result.to_state in ('rejected', 'failed', 'unknown')
                           then ${atOnce(sql)} end,
        attempts = message.attempts - result.gives_back,
        channel = coalesce(result.channel, message.channel),
        send_mode = coalesce(result.send_mode, message.send_mode),
        reason = case when result.to_state = 'queued' and ${isStopped(sql)} then ${notNeeded} else result.reason end
      from unnest(
        ${ids}::uuid[],
        ${column((r) => r.claim)}::uuid[],
        ${column((r) => r.to)}::message_state[],
        ${column((r) => r.channel ?? null)}::text[],
        ${column((r) => r.sendMode ?? null)}::text[],
        ${column((r) => r.reason || r.outcome)}::text[],
        ${column((r) => r.httpStatus ?? null)}::smallint[],
        ${column((r) => r.outcome)}::text[],
        ${column((r) => r.dueInMs ?? null)}::float8[],
        ${column((r) => (r.to === "queued" && r.useAttempt === false ? 1 : 0))}::smallint[],
        ${column((r) => r.nextCheckInMs ?? null)}::float8[],
        ${column((r) => r.at?.toISOString() ?? null)}::timestamptz[]
      ) as result (id, claim, to_state, channel, send_mode, reason, http_status, outcome, due_in_ms, gives_back, next_check_in_ms, at)
      where message.id = result.id and message.claim = result.claim
        and (message.state = 'sending' or (message.state = 'unknown' and result.to_state <> 'unknown'))
      returning message.id, message.claim, coalesce(result.at, now()) as at, message.attempts + result.gives_back as attempt,
                result.outcome, result.http_status, result.reason
    ),
    noted as (
      insert into attempt (message_id, at, attempt, outcome, http_status, reason, worker)
      select id, at, attempt, outcome, http_status, reason, ${worker}::uuid from moved
    ),
    closed as (
      delete from claim
      where id = any(array(select claim from moved))
        and cardinality(messages) = (select count(*) from moved where moved.claim = claim.id)
    )
    select id from moved`;
  return rows.map(({ id }) => id);
}
