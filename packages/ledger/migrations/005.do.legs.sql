-- The second leg of a message: what its recipient gets on another channel when the first one does not arrive, such as an SMS
-- after a +Message. It is a row of its own: it has its own ids at a carrier, its own receipts, its own cost, and is claimed,
-- retried, put in doubt and followed like any other. A carrier may also have sent it by itself (SENS failover); then its row
-- begins as accepted.

alter table campaign
  -- What a second leg waits for, {"afterMs":14400000,"onUnknown":false,"onRejected":false}; null: there is none. With "route" and
  -- "content" it goes over another route and says this; without, it is the part of the campaign's content that stands alone.
  add column fallback jsonb,
  add column fallback_route text collate "C" generated always as (fallback ->> 'route') stored;
create index campaign_fallback on campaign (route) where fallback is not null;
create index campaign_fallback_route on campaign (fallback_route)
  where fallback_route is not null and state in ('ready', 'running', 'paused', 'dispatched', 'cancelled');

alter table message
  add column leg smallint not null default 1,
  -- Only on a second leg, whose `leg` is 2. No check ties the two: it would cost every update of a message, some 2 % of a claim and its
  -- record, and two statements write them. No foreign key, for the reason that campaign_id has none.
  add column first_leg uuid,
  -- Only on a first leg that may be followed by a second: how long after its acceptance. It stands on every message, so that the
  -- statements on the hot path need not ask the campaign.
  add column fallback_after_ms integer,
  -- … and when somebody has to decide about the second leg: at its deadline, or at once when something ended the first leg. At once is
  -- the beginning of time: it comes before all deadlines, which may have to wait for status checks. Null when there is nothing to decide,
  -- or no more.
  add column fallback_at timestamptz,
  -- Only for a single message; a campaign's stands on the campaign.
  add column fallback jsonb;

-- One message per recipient, campaign, round and leg: whatever goes wrong, nobody gets a second SMS.
drop index message_once;
create unique index message_once on message (campaign_id, recipient, round, leg) where campaign_id is not null;
create unique index message_second_leg on message (first_leg) where first_leg is not null;
-- By campaign, as message_due: what waits in a paused one is never walked over.
create index message_fallback on message (route, campaign_id, fallback_at) where fallback_at is not null;

alter table campaign_count add column leg smallint not null default 1;
alter table campaign_count drop constraint campaign_count_pkey;
alter table campaign_count add primary key (campaign_id, state, slot, leg);

create or replace function count_inserted_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, leg, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, leg, count(*), count(accepted_at),
           coalesce(sum(segments) filter (where accepted_at is not null), 0)
    from new_rows where campaign_id is not null
    group by campaign_id, state, leg order by campaign_id, state, leg
  on conflict (campaign_id, state, slot, leg) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;

create or replace function count_updated_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, leg, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, leg, sum(d), sum(a), sum(s)
    from (
      select campaign_id, state, leg, -1 as d, case when accepted_at is null then 0 else -1 end as a,
             case when accepted_at is null then 0 else -segments end as s from old_rows
      union all
      select campaign_id, state, leg, 1, case when accepted_at is null then 0 else 1 end,
             case when accepted_at is null then 0 else segments end from new_rows) as moved
    where campaign_id is not null
    group by campaign_id, state, leg having sum(d) <> 0 or sum(a) <> 0 or sum(s) <> 0
    order by campaign_id, state, leg
  on conflict (campaign_id, state, slot, leg) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;

create or replace function count_deleted_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, leg, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, leg, -count(*), -count(accepted_at),
           -coalesce(sum(segments) filter (where accepted_at is not null), 0)
    from old_rows where campaign_id is not null
    group by campaign_id, state, leg order by campaign_id, state, leg
  on conflict (campaign_id, state, slot, leg) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;
