import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, lastId } from "../connection/new-id.ts";

/** One record of consent: on a message, or of messages that are gone by now. */
export interface ConsentRecord {
  recipient: string;
  consentAt: Date | null;
  consentSource: string | null;
  /**
   * When the advertising went out that the record was given with, or later advertising to the same recipient that is gone by
   * now; null while it has not gone out.
   */
  sentAt: Date | null;
  /** Null for a single message, and where the message is gone. */
  campaignId: string | null;
  messageId: string | null;
}

/** What is recorded of one recipient, the newest message first, then what outlived its messages. */
export async function consentsOfRecipient(sql: Sql, { recipient }: { recipient: string }): Promise<ConsentRecord[]> {
  return await sql<ConsentRecord[]>`
    select recipient, consent_at, consent_source, sent_at, campaign_id, message_id from (
      select found.* from campaign
      cross join lateral (
        select recipient, consent_at, consent_source, coalesce(accepted_at, sending_at) as sent_at, campaign_id, id as message_id
        from message
        where campaign_id = campaign.id and recipient = ${recipient}
          and (consent_at is not null or consent_source is not null)
      ) as found
      union all
      select recipient, consent_at, consent_source, coalesce(accepted_at, sending_at), null, id from message
      where campaign_id is null and recipient = ${recipient} and (consent_at is not null or consent_source is not null)
      union all
      select recipient, consent_at, source, last_sent_at, null, null from consent where recipient = ${recipient}
    ) as record
    order by message_id desc nulls last, consent_at desc`;
}

/** Every record there is, page by page: campaigns in the order of their creation, single messages, then what outlived them. */
export async function* streamConsents(sql: Sql): AsyncGenerator<ConsentRecord[], void, undefined> {
  const campaigns = await sql<{ id: string }[]>`select id from campaign where class = 'advertising' order by id`;
  for (const { id } of campaigns) {
    yield* pages(
      (after) => sql<Keyed[]>`
      select id as key, recipient, consent_at, consent_source, coalesce(accepted_at, sending_at) as sent_at, campaign_id,
             id as message_id
      from message
      where (campaign_id, id) > (${id}, ${after}::uuid) and (campaign_id, id) <= (${id}, ${lastId}::uuid)
        and (consent_at is not null or consent_source is not null)
      order by campaign_id, id
      limit ${pageSize}`,
    );
  }
  yield* pages(
    (after) => sql<Keyed[]>`
    select id as key, recipient, consent_at, consent_source, coalesce(accepted_at, sending_at) as sent_at, campaign_id,
           id as message_id
    from message
    where campaign_id is null and id > ${after}::uuid and (consent_at is not null or consent_source is not null)
    order by campaign_id, id
    limit ${pageSize}`,
  );
  yield* pages(
    (after) => sql<Keyed[]>`
    select id as key, recipient, consent_at, source as consent_source, last_sent_at as sent_at, null as campaign_id,
           null as message_id
    from consent where id > ${after}::uuid order by id limit ${pageSize}`,
  );
}

type Keyed = ConsentRecord & { key: string };

const pageSize = 2_000;

/** As with messages: pages and no cursor, so that nothing keeps old row versions alive. */
async function* pages(read: (after: string) => PromiseLike<readonly Keyed[]>): AsyncGenerator<ConsentRecord[]> {
  let after = firstId;
  for (;;) {
    const page = await read(after);
    if (page.length > 0) yield page.map(({ key: _, ...record }) => record);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.key;
  }
}
