import type { Consent, MessageClass, RecordedOverride, SecondLegPlan } from "@hikyaku/core";
import type postgres from "postgres";
import type { Sql } from "../connection/connect-ledger.ts";
import type { MessageRow } from "./message-row.ts";

export interface NewMessage {
  id: string;
  route: string;
  recipient: string;
  content: unknown;
  vars?: readonly string[] | null;
  segments: number;
  validUntil?: Date | null;
  idempotencyKey?: string | null;
  requestHash?: Buffer | null;
  /** Default null: no second leg. */
  fallback?: SecondLegPlan | null;
  class?: MessageClass | null;
  /** Rules set aside; each also stands in the audit. */
  overrides?: readonly RecordedOverride[];
  consent?: Consent | null;
  /** It waits until then, e.g. for its class's delivery window. Default: it may go at once. */
  dueAt?: Date | null;
}

/**
 * Adds a single message, `queued`, or `suppressed` when its recipient may not be messaged. With an idempotency key that is
 * known already, answers the message it made then (`created` false); the caller compares `requestHash`.
 */
export async function insertMessage(sql: Sql, input: NewMessage): Promise<{ message: MessageRow; created: boolean }> {
  const [created] = await sql<MessageRow[]>`
    with created as (
      insert into message (id, route, recipient, content, vars, segments, valid_until, idempotency_key, request_hash, class,
                           overrides, consent_at, consent_source, fallback, fallback_after_ms, state, ended_at, due_at)
      select ${input.id}::uuid, ${input.route}, ${input.recipient}, ${sql.json(input.content as postgres.JSONValue)},
             ${(input.vars ?? null) as string[] | null}::text[], ${input.segments}::smallint,
             ${input.validUntil?.toISOString() ?? null}::timestamptz, ${input.idempotencyKey ?? null},
             ${input.requestHash ?? null}::bytea, ${input.class ?? null}::message_class,
             ${input.overrides?.length ? sql.json(input.overrides as unknown as postgres.JSONValue) : null}::jsonb,
             ${input.consent?.at?.toISOString() ?? null}::timestamptz, ${input.consent?.source ?? null},
             ${input.fallback ? sql.json({ ...input.fallback } as postgres.JSONValue) : null}::jsonb,
             ${input.fallback?.afterMs ?? null}::integer,
             case when hit.is_suppressed then 'suppressed' else 'queued' end::message_state,
             case when hit.is_suppressed then now() end,
             case when not hit.is_suppressed then ${input.dueAt?.toISOString() ?? null}::timestamptz end
      from (
        select exists (
          select from suppression where recipient = ${input.recipient} and route in (${input.route}, '*')
        ) as is_suppressed
      ) as hit
      on conflict (idempotency_key) where idempotency_key is not null do nothing
      returning *
    ),
    noted as (
      insert into audit (actor, action, rule, reason, message_id, route)
      select override.by, 'override-rule', override.rule, override.reason, created.id, created.route
      from created
      cross join jsonb_to_recordset(coalesce(created.overrides, '[]')) as override (rule text, reason text, by text)
    )
    select * from created`;
  if (created) return { message: created, created: true };
  const [message] = await sql<MessageRow[]>`
    select * from message where idempotency_key = ${input.idempotencyKey ?? null}`;
  if (!message) throw new Error("The message of this idempotency key was deleted at the same moment; send it again.");
  return { message, created: false };
}
