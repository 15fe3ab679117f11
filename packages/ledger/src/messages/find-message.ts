import { validate } from "uuid";
import type { Sql } from "../connection/connect-ledger.ts";
import type { MessageRow } from "./message-row.ts";

/** Null when there is none. */
export async function findMessage(
  sql: Sql,
  ref: { id: string } | { idempotencyKey: string },
): Promise<MessageRow | null> {
  // A message has both; its id is meant.
  if ("id" in ref) {
    if (!validate(ref.id)) return null;
    const [message] = await sql<MessageRow[]>`select * from message where id = ${ref.id}`;
    return message ?? null;
  }
  const [known] = await sql<MessageRow[]>`select * from message where idempotency_key = ${ref.idempotencyKey}`;
  return known ?? null;
}

/** The other leg of a message; null when it has none. */
export async function findOtherLeg(
  sql: Sql,
  { id, firstLeg }: Pick<MessageRow, "id" | "firstLeg">,
): Promise<MessageRow | null> {
  const [message] =
    firstLeg === null
      ? await sql<MessageRow[]>`select * from message where first_leg = ${id}`
      : await sql<MessageRow[]>`select * from message where id = ${firstLeg}`;
  return message ?? null;
}

/** Everything ever sent, or to be sent, to one number: newest first. */
export async function messagesOfRecipient(
  sql: Sql,
  { recipient, limit }: { recipient: string; limit: number },
): Promise<MessageRow[]> {
  // One look-up per campaign in the index that keeps recipients unique within it: campaigns are few, messages are many,
  // and an index on the recipient alone would cost every import.
  return await sql<MessageRow[]>`
    select message.* from (
      select found.* from campaign
      cross join lateral (
        select * from message where campaign_id = campaign.id and recipient = ${recipient}
      ) as found
      union all
      select * from message where campaign_id is null and recipient = ${recipient}
    ) as message
    order by id desc
    limit ${limit}`;
}
