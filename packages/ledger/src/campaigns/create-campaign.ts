import type { MessageClass, RecordedOverride, SecondLegPlan } from "@hikyaku/core";
import type postgres from "postgres";
import type { Sql } from "../connection/connect-ledger.ts";
import type { CampaignRow, DeliveryWindow, OnUnknown } from "./campaign-row.ts";

export interface NewCampaign {
  id: string;
  key: string;
  name: string;
  route: string;
  /** JSON-safe, as the provider prepared it. */
  content: unknown;
  variables: readonly string[];
  requestHash: Buffer;
  /** 1 to 10: a campaign of 10 gets ten messages where one of 1 gets one. Default 5. */
  priority?: number;
  /** Narrower than its class's, unless that was overridden. */
  deliveryWindow?: DeliveryWindow | null;
  /** Null: none, and only its own delivery window holds. */
  class?: MessageClass | null;
  /** Rules set aside; each also stands in the audit. */
  overrides?: readonly RecordedOverride[];
  startAt?: Date | null;
  validUntil?: Date | null;
  /** Default `hold`. */
  onUnknown?: OnUnknown;
  /** Default null: no second legs. */
  fallback?: SecondLegPlan | null;
}

/**
 * Creates a draft, or finds the campaign that has the key already: then `created` is false and it is the caller who
 * compares `requestHash`.
 */
export async function createCampaign(
  sql: Sql,
  input: NewCampaign,
): Promise<{ campaign: CampaignRow; created: boolean }> {
  const [created] = await sql<CampaignRow[]>`
    with created as (
      insert into campaign (id, key, name, route, content, variables, request_hash, priority, delivery_window, class,
                            overrides, start_at, valid_until, on_unknown, fallback)
      values (${input.id}, ${input.key}, ${input.name}, ${input.route},
              ${sql.json(input.content as postgres.JSONValue)}, ${input.variables as string[]}::text[],
              ${input.requestHash}, ${input.priority ?? 5},
              ${input.deliveryWindow ? sql.json({ ...input.deliveryWindow }) : null}, ${input.class ?? null},
              ${sql.json((input.overrides ?? []) as unknown as postgres.JSONValue)},
              ${input.startAt ?? null}, ${input.validUntil ?? null}, ${input.onUnknown ?? "hold"},
              ${input.fallback ? sql.json({ ...input.fallback } as postgres.JSONValue) : null})
      on conflict (key) do nothing
      returning *
    ),
    noted as (
      insert into audit (actor, action, rule, reason, campaign_id, route)
      select override.by, 'override-rule', override.rule, override.reason, created.id, created.route
      from created
      cross join jsonb_to_recordset(created.overrides) as override (rule text, reason text, by text)
    )
    select * from created`;
  if (created) return { campaign: created, created: true };
  // A statement of its own: the one above can't see a row that another process committed while it waited.
  const [campaign] = await sql<CampaignRow[]>`select * from campaign where key = ${input.key}`;
  if (!campaign) throw new Error(`Campaign ${input.key} was deleted while it was being created; create it again.`);
  return { campaign, created: false };
}
