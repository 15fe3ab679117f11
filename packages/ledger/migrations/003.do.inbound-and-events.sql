-- What end users did, and what is told to the user's own systems.

-- `unread`: to be brought into `inbound` or `hook`, by whoever applies it first; what the notification says stands in `read`
-- until then. Afterwards it is `applied`.
alter table receipt_raw drop constraint receipt_raw_status_check;
alter table receipt_raw add constraint receipt_raw_status_check
  check (status in ('pending', 'applied', 'stale', 'parked', 'unmatched', 'stored', 'unread'));
alter table receipt_raw add column read jsonb;
create index receipt_unread on receipt_raw (id) where status = 'unread';

-- Something an end user did. It has the id of the notification it was read from: so it is written once, whoever applies that
-- however often; and ids are in the order of arrival.
create table inbound (
  id               uuid        primary key,
  received_at      timestamptz not null,
  -- The event's own time, else that of its arrival.
  at               timestamptz not null,
  -- What it answers, where that is known.
  message_id       uuid,
  campaign_id      uuid,
  route            text collate "C" not null,
  -- message, response, new-user, sms-mo.
  event            text collate "C" not null,
  recipient        text collate "C",
  text             text,
  -- A tapped button: its label, its data, and which of the content's buttons it was.
  display_text     text,
  postback_data    text,
  button           text,
  -- The number the user wrote to, as it came.
  sms_number       text,
  user_message_id  text,
  attachment       jsonb,
  device_specifics jsonb,
  -- How the message was found: by the button's reference, by the carrier's id, by the number written to, by time alone.
  linked_by        text check (linked_by in ('reference', 'carrier-id', 'number', 'time')),
  -- Whether it held one of the configured words, and which.
  word_kind        text check (word_kind in ('opt-out', 'opt-in')),
  word             text,
  constraint a_link_has_a_way check ((message_id is null) = (linked_by is null)),
  constraint a_word_has_a_kind check ((word is null) = (word_kind is null))
);
create index inbound_recipient on inbound (recipient, id) where recipient is not null;
create index inbound_campaign on inbound (campaign_id, id) where campaign_id is not null;
create index inbound_message on inbound (message_id, id) where message_id is not null;
create index inbound_route on inbound (route, id);

-- When a notification URL was last tried. The kind is that of the URL: any, webhook, sms-result, sms-mo. Kept for as long as
-- the route is: a carrier tests a URL once.
create table hook (
  route             text collate "C" not null,
  kind              text collate "C" not null,
  -- The newest connection test that was answered 200, and who asked.
  tested_at         timestamptz,
  tested_from       text,
  -- The newest body that was not understood; the body of a connection test is not public, so this may have been one.
  unrecognised_at   timestamptz,
  unrecognised_from text,
  primary key (route, kind)
);

-- Which changes of messages are told, as the running system publishes it. Empty where nobody asked: then a change costs one
-- look at this table per statement, and nothing per message. Measured: a claim or record of 1 message 7 µs of 300, of 10 or
-- more not to be seen; where a state is told, 8 to 9 µs a message more.
create table event_subscription (
  route text collate "C" not null,
  state message_state    not null,
  primary key (route, state)
);

-- A UUIDv7 to the microsecond, also on servers before PostgreSQL 18: what is told first has the lower id.
create function new_event_id() returns uuid language plpgsql volatile as $$
declare
  us bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
  return encode(
    substring(int8send(us / 1000), 3) || substring(int4send((28672 + us % 1000 * 4096 / 1000)::int), 3)
      || substring(uuid_send(gen_random_uuid()), 9),
    'hex')::uuid;
end $$;

-- What is told to the user's own systems, each until it was taken. Written in the transaction of the change it tells, so that
-- neither is there without the other.
create table event (
  id              uuid          primary key default new_event_id(),
  -- When what it tells happened.
  at              timestamptz   not null,
  -- Set until it is over: when it is handed to the queue (again).
  feed_at         timestamptz   default now(),
  -- When its next attempt is due.
  due_at          timestamptz   default now(),
  last_attempt_at timestamptz,
  delivered_at    timestamptz,
  failed_at       timestamptz,
  -- From when on it may be given up: its beginning, or when a person asked for it again.
  asked_at        timestamptz   not null default now(),
  message_id      uuid,
  campaign_id     uuid,
  inbound_id      uuid,
  attempts        integer       not null default 0,
  http_status     smallint,
  state           message_state,
  route           text collate "C" not null,
  -- message.delivered, inbound.sms-mo …
  type            text collate "C" not null,
  recipient       text collate "C",
  reason          text,
  -- What was wrong with the newest attempt.
  error           text,
  constraint over_or_fed check ((feed_at is null) = (delivered_at is not null or failed_at is not null))
)
with (autovacuum_vacuum_scale_factor = 0.02);
create index event_to_feed on event (route, feed_at, id) where feed_at is not null;
create index event_pending on event (id) where feed_at is not null;
create index event_failed on event (id) where failed_at is not null;

-- How the places that events go to are doing: `*` for the one of the whole file, else the route's name.
create table event_endpoint (
  name           text collate "C" primary key,
  -- Of the URL, so that another one begins with a clean slate. The URL itself may hold a secret.
  url_hash       bytea       not null,
  -- Since when nothing was taken any more; null while it works.
  failing_since  timestamptz,
  last_error     text,
  -- Given up until somebody enables it again.
  disabled_at    timestamptz
);

-- Tells what became of messages, whatever statement moved them. Told are the states that the message's route is subscribed to.
create function tell_updated_messages() returns trigger language plpgsql as $$
begin
  if not exists (select from event_subscription) then
    return null;
  end if;
  insert into event (at, message_id, campaign_id, state, route, type, recipient, reason)
    select coalesce(
             case changed.state
               when 'accepted' then changed.accepted_at
               when 'sent' then changed.sent_at
               when 'delivered' then changed.delivered_at
               when 'displayed' then changed.displayed_at
               when 'unknown' then changed.unknown_at
               else changed.ended_at
             end,
             now()),
           changed.id, changed.campaign_id, changed.state, changed.route, 'message.' || changed.state, changed.recipient,
           changed.reason
    from new_rows as changed
    where exists (
        select from event_subscription as wanted where wanted.route = changed.route and wanted.state = changed.state
      )
      -- Not a join: old rows are kept in a hash by this, which a join would only do where the planner may.
      and (changed.id, changed.state) not in (select id, state from old_rows);
  return null;
end $$;

-- A message that begins as `suppressed` has no other change to tell.
create function tell_inserted_messages() returns trigger language plpgsql as $$
begin
  if not exists (select from event_subscription where state = 'suppressed') then
    return null;
  end if;
  insert into event (at, message_id, campaign_id, state, route, type, recipient, reason)
    select coalesce(changed.ended_at, now()), changed.id, changed.campaign_id, changed.state, changed.route,
           'message.' || changed.state, changed.recipient, changed.reason
    from new_rows as changed
    where changed.state = 'suppressed' and exists (
      select from event_subscription as wanted where wanted.route = changed.route and wanted.state = changed.state
    );
  return null;
end $$;

create trigger tell_updated after update on message
  referencing old table as old_rows new table as new_rows for each statement execute function tell_updated_messages();
create trigger tell_inserted after insert on message
  referencing new table as new_rows for each statement execute function tell_inserted_messages();
