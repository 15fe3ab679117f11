-- Schedules: campaigns that are made by themselves, at most once on each day of a schedule. All that a run needs stands here, its recipients
-- too: so that any process can do it, at a time when nobody is there to mend a file that is gone.

create table schedule_list (
  id         uuid        primary key,
  created_at timestamptz not null default now(),
  -- Names of the template variables, in the order of each recipient's values.
  variables  text[]      not null,
  -- Null until the list is complete and in use. What is complete and not in use any more is deleted.
  recipients bigint
);

-- Recipients in pieces of some thousand: [[line, to, value, …], …]. A piece is read at a time, and takes a fraction of single rows.
create table schedule_list_piece (
  list uuid    not null references schedule_list (id) on delete cascade,
  nth  integer not null,
  rows jsonb   not null,
  primary key (list, nth)
);

create table schedule (
  id          uuid        primary key,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  -- While set, nothing is due.
  paused_at   timestamptz,
  -- The run that is due next, and the day it belongs to. Null when none is: paused, over, or without recipients.
  next_at     timestamptz,
  next_day    text collate "C",
  list        uuid references schedule_list (id),
  code        text collate "C" not null unique,
  description text        not null default '',
  -- ISO numbers, 1 Monday … 7 Sunday; null for every day.
  weekdays    smallint[],
  -- HH:mm in the time zone.
  time_of_day text        not null check (time_of_day ~ '^\d\d:\d\d$'),
  time_zone   text        not null,
  -- YYYY-MM-DD in the time zone, both included.
  first_day   text collate "C" not null check (first_day ~ '^\d{4}-\d\d-\d\d$'),
  last_day    text collate "C" not null check (last_day ~ '^\d{4}-\d\d-\d\d$'),
  -- {"kind":"run-if-within","withinMs":3600000} or {"kind":"skip"}.
  missed      jsonb       not null,
  -- What each campaign is made with, as the producer takes it: route, content and options.
  template    jsonb       not null,
  constraint next_has_its_day check ((next_at is null) = (next_day is null))
);
create index schedule_due on schedule (next_at) where next_at is not null;

-- What became of each run. Its key is the promise: a day of a schedule has one, whoever claims it.
create table schedule_run (
  schedule_id  uuid        not null references schedule (id) on delete cascade,
  day          text collate "C" not null,
  due_at       timestamptz not null,
  claimed_at   timestamptz not null default now(),
  -- Whoever works on it has it until then; a process that dies lets go by itself.
  lease_until  timestamptz,
  ended_at     timestamptz,
  state        text collate "C" not null check (state in ('importing', 'started', 'missed', 'failed')),
  -- Of the campaign: the same key never makes a second one, whoever takes the run up again.
  campaign_key text collate "C",
  campaign_id  uuid,
  recipients   bigint,
  rejected     bigint,
  -- As they were when the run was claimed: a change of the schedule is one of the runs after it.
  list         uuid references schedule_list (id),
  template     jsonb,
  reason       text,
  primary key (schedule_id, day),
  constraint under_way_or_ended check ((state = 'importing') = (ended_at is null))
);
create index schedule_run_open on schedule_run (lease_until) where state = 'importing';
create index schedule_run_list on schedule_run (list) where list is not null;
create index schedule_list_of on schedule (list) where list is not null;
