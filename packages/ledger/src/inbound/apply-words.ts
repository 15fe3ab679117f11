import type { Queryable } from "../connection/connect-ledger.ts";
import type { InboundRules } from "./apply-inbound.ts";
import type { InboundRow } from "./inbound-row.ts";

/**
 * Adds the suppressions that words in these rows ask for, and lifts those that a reply had added where a word asks for
 * that. The newest word by its own time decides, in whatever order they come: a "STOP" that arrives late does not undo the
 * "START" that was written after it. What an operator, a list or the API suppressed, no reply lifts.
 */
export async function applyWords(
  transaction: Queryable,
  rows: readonly InboundRow[],
  rulesOf: (route: string) => InboundRules,
): Promise<void> {
  const asked = new Map<string, { recipient: string; route: string }>();
  for (const { recipient, route, text, displayText, postbackData } of rows) {
    const found = rulesOf(route).findWord([text, displayText, postbackData]);
    if (found === null || recipient === null) continue;
    const suppressed = { recipient, route: found.scope };
    asked.set(`${recipient}\n${found.scope}`, suppressed);
  }
  if (asked.size === 0) return;
  // One order for everybody, so that two who meet wait for each other and never deadlock.
  const sorted = [...asked.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  const recipients = sorted.map(({ recipient }) => recipient);
  const routes = sorted.map(({ route }) => route);
  // Two words of one person at the same moment take turns, so that the second sees the first; its own statement, because
  // only the next one sees what was committed meanwhile.
  await transaction`
    select pg_advisory_xact_lock(hashtextextended('reply ' || recipient, 0))
    from (select distinct recipient from unnest(${recipients}::text[]) as given (recipient) order by recipient) as given`;
  await transaction`
    with asked as materialized (
      select given.recipient, given.route, newest.word, newest.word_kind
      from unnest(${recipients}::text[], ${routes}::text[]) as given (recipient, route)
      cross join lateral (
        select word, word_kind from inbound
        where inbound.recipient = given.recipient and word_kind is not null and (given.route = '*' or inbound.route = given.route)
        order by at desc, id desc
        limit 1
      ) as newest
    ),
    lifted as (
      delete from suppression
      using asked
      where suppression.recipient = asked.recipient and suppression.route = asked.route
        and suppression.source = 'reply' and asked.word_kind = 'opt-in'
    )
    insert into suppression (route, recipient, reason, source)
    select route, recipient, 'answered "' || word || '"', 'reply' from asked
    where word_kind = 'opt-out'
    order by recipient, route
    on conflict (recipient, route) do nothing`;
}

function keyOf({ recipient, route }: { recipient: string; route: string }): string {
  return `${recipient}\n${route}`;
}
