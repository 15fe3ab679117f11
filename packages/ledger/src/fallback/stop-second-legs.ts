import type { Queryable } from "../connection/connect-ledger.ts";

/** The reason of a second leg that was stopped. */
export const notNeeded = "not needed: the first leg arrived";

/**
 * What follows these first legs and is not accepted yet is not needed any more: they arrived. What waits ends as `cancelled`. What is at
 * the gateway at this moment, or of unknown outcome, can't be called back; its validity ends, so that it is never sent again.
 *
 * The transaction must have the first legs locked. Then no second leg begins meanwhile, and one that is being claimed at this moment
 * is either claimed before, and in flight, or never.
 */
export async function stopSecondLegs(
  transaction: Queryable,
  { firstLegs }: { firstLegs: readonly string[] },
): Promise<void> {
  await transaction`
    update message set
      state = case when state = 'queued' then 'cancelled' else state end,
      ended_at = case when state = 'queued' then now() end,
      due_at = null,
      valid_until = least(valid_until, now()),
      reason = case when state = 'queued' then ${notNeeded} else reason end
    where first_leg = any(${firstLegs as string[]}::uuid[]) and accepted_at is null and ended_at is null`;
}

/** Of a row of `message`: whether {@link stopSecondLegs} met it while it was in flight. It must not wait for another attempt. */
export function isStopped(sql: Queryable) {
  // Never null, also without a validity: what negates it would take a waiting second leg for one that is not to wait.
  return sql`(message.first_leg is not null and coalesce(message.valid_until <= now(), false))`;
}
