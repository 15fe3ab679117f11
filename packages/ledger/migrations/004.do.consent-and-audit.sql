-- What messages are for, what of the rules of that class was set aside and by whom, who agreed to advertising, and how many
-- messages the carrier counted, also after the messages themselves are gone.

create type message_class as enum ('advertising', 'transactional', 'dunning');

alter table route
  -- What the operator has set for messages by their class, so that producers need no configuration file.
  add column class_rules jsonb not null default '{}',
  -- Under which name the carrier counts the route's messages (KDDI: botId).
  add column account text,
  -- What its campaigns do with unknown outcomes where they don't say.
  add column on_unknown text not null default 'hold' check (on_unknown in ('hold', 'resend'));
-- Until now that stood among the carrier's own settings.
update route set settings = settings - 'unknown', on_unknown = settings #>> '{unknown,policy}'
where settings #>> '{unknown,policy}' in ('hold', 'resend');

alter table campaign
  -- Null: created before there were classes. Only its own delivery window holds then, as when it was created.
  add column class message_class,
  -- [{"rule":"window","reason":"…","by":"api-key:shop","at":"…"}]
  add column overrides jsonb not null default '[]';

alter table message
  add column consent_at timestamptz,
  -- These two only for a single message; a campaign's stand on the campaign.
  add column class message_class,
  add column overrides jsonb,
  add column consent_source text;

-- What operators decided against a rule, or against what the system had decided. Never deleted by the system.
create table audit (
  id          bigint      generated always as identity primary key,
  at          timestamptz not null default now(),
  campaign_id uuid,
  message_id  uuid,
  -- Who: `api-key:shop`, `user:operator`, `cli:sato@host`.
  actor       text        not null,
  action      text        not null check (action in ('override-rule', 'resend-unknown', 'release-route', 'remove-suppression')),
  -- Of an overridden rule: which.
  rule        text,
  reason      text        not null default '',
  route       text collate "C",
  recipient   text collate "C",
  details     jsonb       not null default '{}'
);
create index audit_campaign on audit (campaign_id) where campaign_id is not null;
create index audit_message on audit (message_id) where message_id is not null;

-- Records of consent whose messages are gone: proof is owed until some time after the last advertising to that person.
create table consent (
  id           uuid        primary key default gen_random_uuid(),
  consent_at   timestamptz,
  last_sent_at timestamptz not null,
  recipient    text collate "C" not null,
  source       text
);
create unique index consent_once on consent (recipient, coalesce(consent_at, '-infinity'), coalesce(source, ''));
create index consent_last_sent on consent (last_sent_at);

-- Messages the carrier had accepted, counted when they were deleted: in the same statement, so exactly once. By the quarter of
-- an hour, because days begin at other moments in other time zones, and offsets are multiples of that.
create table usage_past (
  -- The zero id: single messages.
  campaign_id uuid        not null,
  quarter     timestamptz not null,
  messages    bigint      not null,
  -- Billable parts.
  segments    bigint      not null,
  route       text collate "C" not null,
  -- Empty: the carrier did not say.
  channel     text collate "C" not null,
  primary key (campaign_id, route, channel, quarter)
);
create index usage_past_quarter on usage_past (quarter);

-- What these campaigns were called.
create table campaign_past (
  id   uuid primary key,
  key  text not null,
  name text not null
);
