-- The ledger: the one truth about every campaign and message. Redis may be lost at any time; this may not.
--
-- Keys of type text are compared byte by byte (collate "C"): with a language's rules an index look-up costs several times
-- as much, and nobody reads them in order.

create type message_state as enum (
  'queued', 'sending', 'accepted', 'sent', 'delivered', 'displayed',
  'failed', 'rejected', 'expired', 'revoked', 'cancelled', 'suppressed', 'unknown'
);

create type campaign_state as enum (
  'draft', 'importing', 'ready', 'running', 'paused', 'dispatched', 'finished', 'cancelled'
);

-- A route as the running system sees it. Settings are the public part of its configuration, so that producers need no
-- configuration file; secrets never come here.
create table route (
  name          text collate "C" primary key,
  provider      text        not null,
  settings      jsonb       not null default '{}',
  published_at  timestamptz not null default now(),
  held_cause    text,
  held_reason   text,
  held_at       timestamptz,
  -- When the next single message may try whether the hold is over.
  probe_at      timestamptz,
  probe_count   integer     not null default 0,
  -- One feeder acts per route at a time; the lease heals by itself when its holder dies.
  feeder        uuid,
  feeder_until  timestamptz
);

create table campaign (
  id             uuid primary key,
  key            text collate "C" not null unique,
  name           text           not null,
  route          text collate "C" not null,
  state          campaign_state not null default 'draft',
  content        jsonb          not null,
  variables      text[]         not null default '{}',
  -- Hash over route, content and options: the same key with another hash is an error, never a second campaign.
  request_hash   bytea          not null,
  priority       smallint       not null default 5 check (priority between 1 and 10),
  -- {"from":"09:00","to":"20:00","timeZone":"Asia/Tokyo"} or null for any time.
  delivery_window jsonb,
  start_at       timestamptz,
  valid_until    timestamptz,
  on_unknown     text           not null default 'hold' check (on_unknown in ('hold', 'resend')),
  round          smallint       not null default 1,
  -- The last message id handed to the queue; null = from the beginning.
  feed_cursor    uuid,
  fed_at         timestamptz,
  -- How far the sweep of a cancelled or expired campaign has come.
  sweep_cursor   uuid,
  -- Rows of the source taken so far and the running digest over them, so that an interrupted import resumes.
  imported_rows  bigint         not null default 0,
  import_digest  bytea,
  rejected_rows  bigint         not null default 0,
  duplicate_rows bigint         not null default 0,
  pause_reason   text,
  -- Rejected, failed and unknown messages when the campaign was last resumed: the self-pause counts from here.
  tried_before   bigint         not null default 0,
  created_at     timestamptz    not null default now(),
  imported_at    timestamptz,
  started_at     timestamptz,
  paused_at      timestamptz,
  cancelled_at   timestamptz,
  dispatched_at  timestamptz,
  finished_at    timestamptz
);
create index campaign_active on campaign (route) where state in ('ready', 'running', 'paused', 'dispatched', 'cancelled');

-- Every message is updated three to five times in its life, and an update that leaves all indexed columns as they are is the
-- cheap one (heap-only). So no index here names `state`: what an index needs to know has a column that is set only then.
-- That also keeps the planner from preferring a partial index on a state that was rare when statistics were taken.
create table message (
  -- Fixed-width columns first, then the variable ones: no padding between them.
  id                  uuid          primary key,
  -- No foreign key: its check is a query per row (COPY of 200,000 rows: 9.4 µs a row instead of 6.1). Campaigns are deleted
  -- only after their messages.
  campaign_id         uuid,
  -- The token of one claim: only its holder may record what came of it.
  claim               uuid,
  queued_at           timestamptz   not null default now(),
  sending_at          timestamptz,
  accepted_at         timestamptz,
  sent_at             timestamptz,
  delivered_at        timestamptz,
  displayed_at        timestamptz,
  ended_at            timestamptz,
  -- Set while a retry waits: the feeder takes the message again from this moment.
  due_at              timestamptz,
  -- Set while a status check is owed.
  next_check_at       timestamptz,
  -- Set while the outcome is unknown.
  unknown_at          timestamptz,
  -- Only for a single message; a campaign's validity stands on the campaign.
  valid_until         timestamptz,
  line                integer,
  state               message_state not null default 'queued',
  round               smallint      not null default 1,
  segments            smallint      not null,
  attempts            smallint      not null default 0,
  checks              smallint      not null default 0,
  route               text collate "C" not null,
  recipient           text collate "C" not null,
  channel             text,
  provider_message_id text collate "C",
  provider_order_id   text collate "C",
  reason              text,
  idempotency_key     text collate "C",
  request_hash        bytea,
  vars                text[],
  -- Only for a single message; a campaign's content stands on the campaign.
  content             jsonb,
  constraint accepted_has_time check (state not in ('accepted', 'sent', 'delivered', 'displayed') or accepted_at is not null),
  constraint sending_has_claim check (state <> 'sending' or (claim is not null and sending_at is not null)),
  constraint unknown_has_time check ((state = 'unknown') = (unknown_at is not null)),
  constraint only_queued_is_due check (due_at is null or state = 'queued'),
  constraint single_has_content check (campaign_id is not null or content is not null)
)
-- Half a page stays free, so that a claimed batch finds room for its new versions beside the old ones (heap-only). Measured
-- over 30,000 messages in batches of 50: 17 µs of a claim instead of 22, 1.0 kB of WAL instead of 1.2, and the table in the
-- end as large as with 70, where the versions go to pages of their own.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- One message per recipient, campaign and round: what makes an import repeatable and a double impossible.
create unique index message_once on message (campaign_id, recipient, round) where campaign_id is not null;
-- The order of import: feeding, lists, reports. Single messages stand in it under null.
create index message_in_order on message (campaign_id, id);
-- What is not through yet, in the same order: so that feeding from the beginning again does not walk over everything that was
-- sent (80,000 messages: 18 ms instead of 190). Costs an import 0.3 µs a row, and a claim or record nothing.
create index message_open on message (campaign_id, id) where accepted_at is null and ended_at is null;
create index message_single_recipient on message (recipient) where campaign_id is null;
-- Single messages that are not through yet: few, whatever the number of those that are.
create index message_single_open on message (route, id)
  where campaign_id is null and accepted_at is null and ended_at is null;
create unique index message_idempotency on message (idempotency_key) where idempotency_key is not null;
-- By campaign: what waits in one that is paused or outside its window is never walked over. Single messages under null.
create index message_due on message (route, campaign_id, due_at) where due_at is not null;
create index message_unknown on message (route, recipient) where unknown_at is not null;
-- Accepted, but the carrier gave no id: there should be none, and their receipts find them by the recipient.
create index message_without_id on message (route, recipient) where accepted_at is not null and provider_message_id is null;
create index message_to_check on message (route, next_check_at) where next_check_at is not null;
create index message_provider_id on message (route, provider_message_id) where provider_message_id is not null;
-- A notification may carry only the order's id. Mostly it is the message's own, and then nothing is in here.
create index message_order_id on message (route, provider_order_id)
  where provider_order_id is not null and provider_order_id is distinct from provider_message_id;

-- Claims whose outcomes are not all recorded: where to look when a worker dies. One row a batch, so that finding what was in
-- flight needs no index on the messages.
create table claim (
  id         uuid        primary key,
  worker     uuid        not null,
  claimed_at timestamptz not null default now(),
  messages   uuid[]      not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Counters kept by trigger, so that they equal the rows whatever statement moved them. Several slots per campaign and state:
-- a statement touches the rows of its own connection's slot and nobody waits for another.
create table campaign_count (
  campaign_id       uuid          not null,
  state             message_state not null,
  slot              smallint      not null,
  messages          bigint        not null,
  -- Of these, those the carrier has accepted, and their billable parts.
  accepted          bigint        not null,
  segments_accepted bigint        not null,
  primary key (campaign_id, state, slot)
) with (fillfactor = 50);

-- Rows of a source that did not become messages. Bounded per campaign by the importer; the counts on the campaign are exact.
create table import_rejection (
  campaign_id uuid    not null references campaign (id) on delete cascade,
  line        integer not null,
  code        text    not null,
  reason      text    not null,
  primary key (campaign_id, line)
);

-- Attempts that did not end in `accepted`; the accepted one stands on the message itself.
create table attempt (
  message_id  uuid        not null references message (id) on delete cascade,
  at          timestamptz not null default now(),
  attempt     smallint    not null,
  outcome     text        not null,
  http_status smallint,
  reason      text        not null,
  worker      uuid
);
create index attempt_message on attempt (message_id);

-- Every notification as it came, once, for audit and for applying it later or again.
create table receipt_raw (
  id                  uuid        primary key,
  received_at         timestamptz not null default now(),
  event_at            timestamptz,
  applied_at          timestamptz,
  try_at              timestamptz,
  message_id          uuid,
  seen                integer     not null default 1,
  tries               smallint    not null default 0,
  route               text collate "C" not null,
  kind                text        not null,
  -- pending: to be applied; applied: it moved the message; stale: recorded, changed nothing; parked: no such message yet;
  -- unmatched: given up after the parking time; stored: nothing to apply (inbound, test, unrecognised).
  status              text        not null check (status in ('pending', 'applied', 'stale', 'parked', 'unmatched', 'stored')),
  dedupe_key          text collate "C" not null,
  provider_message_id text collate "C",
  reported_state      text,
  raw_status          text,
  recipient           text collate "C",
  reason              text,
  content_type        text,
  body                text        not null
);
create unique index receipt_once on receipt_raw (route, dedupe_key);
create index receipt_to_apply on receipt_raw (status, try_at) where status in ('pending', 'parked');
-- Whether a second carrier id waits for the same recipient: then nobody may be adopted.
create index receipt_waiting on receipt_raw (route, recipient) where status in ('pending', 'parked');
create index receipt_provider_id on receipt_raw (route, provider_message_id) where provider_message_id is not null;
create index receipt_received on receipt_raw (received_at);

create table worker (
  id           uuid        primary key,
  kind         text        not null,
  host         text        not null,
  pid          integer     not null,
  started_at   timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  stopped_at   timestamptz
);

create table suppression (
  -- '*' = every route.
  route      text collate "C" not null default '*',
  recipient  text collate "C" not null,
  reason     text        not null default '',
  source     text        not null default 'operator',
  created_at timestamptz not null default now(),
  primary key (recipient, route)
);

create table api_key (
  id           uuid        primary key,
  name         text        not null,
  -- SHA-256 of a 256-bit random secret; the secret itself is shown once and kept nowhere.
  hash         bytea       not null unique,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- Who sends takes the campaign's gate shared; who pauses or cancels takes it alone. Two campaigns that share a gate by chance
-- would only wait for each other.
create function claim_gate(campaign uuid) returns bigint language sql immutable strict parallel safe
  return uuid_hash_extended(campaign, 0);

-- Until when a claim may take messages of the campaign: null when it may not. Called inside the claim. Its last statement sees
-- what was committed before the gate opened, which the snapshot of the claim itself does not: so no claim commits after a
-- cancel or pause has answered.
create function claimable_until(campaign_id uuid) returns timestamptz language plpgsql volatile as $$
declare
  -- An expression costs less than the query that `perform` would be.
  passed text := pg_advisory_xact_lock_shared(claim_gate(campaign_id));
begin
  return (select coalesce(valid_until, 'infinity') from campaign where id = campaign_id and state = 'running');
end $$;

-- The counters follow the messages: one pass over the rows of a statement, minus for the old, plus for the new.
create function count_inserted_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, count(*), count(accepted_at),
           coalesce(sum(segments) filter (where accepted_at is not null), 0)
    from new_rows where campaign_id is not null
    group by campaign_id, state order by campaign_id, state
  on conflict (campaign_id, state, slot) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;

create function count_updated_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, sum(d), sum(a), sum(s)
    from (
      select campaign_id, state, -1 as d, case when accepted_at is null then 0 else -1 end as a,
             case when accepted_at is null then 0 else -segments end as s from old_rows
      union all
      select campaign_id, state, 1, case when accepted_at is null then 0 else 1 end,
             case when accepted_at is null then 0 else segments end from new_rows) as moved
    where campaign_id is not null
    group by campaign_id, state having sum(d) <> 0 or sum(a) <> 0 or sum(s) <> 0
    order by campaign_id, state
  on conflict (campaign_id, state, slot) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;

create function count_deleted_messages() returns trigger language plpgsql as $$
begin
  insert into campaign_count as c (campaign_id, state, slot, messages, accepted, segments_accepted)
    select campaign_id, state, pg_backend_pid() % 32, -count(*), -count(accepted_at),
           -coalesce(sum(segments) filter (where accepted_at is not null), 0)
    from old_rows where campaign_id is not null
    group by campaign_id, state order by campaign_id, state
  on conflict (campaign_id, state, slot) do update set
    messages = c.messages + excluded.messages,
    accepted = c.accepted + excluded.accepted,
    segments_accepted = c.segments_accepted + excluded.segments_accepted;
  return null;
end $$;

create trigger count_inserted after insert on message
  referencing new table as new_rows for each statement execute function count_inserted_messages();
create trigger count_updated after update on message
  referencing old table as old_rows new table as new_rows for each statement execute function count_updated_messages();
create trigger count_deleted after delete on message
  referencing old table as old_rows for each statement execute function count_deleted_messages();
