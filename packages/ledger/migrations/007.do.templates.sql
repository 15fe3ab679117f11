-- What a carrier's account holds, as it was last read there: some carriers send only by texts they have approved, and what is written
-- for a campaign is checked against this copy. One row a route whose carrier has templates.
create table carrier_account (
  route        text collate "C" primary key,
  -- When somebody asked for a fresh copy; it is read again at the latest after some minutes by itself.
  asked_at     timestamptz,
  -- When a process last began to read it, and until when no other one does.
  tried_at     timestamptz,
  taken_until  timestamptz,
  refreshed_at timestamptz,
  -- What came in the way of the newest attempt; null when it went well.
  error        text
);

create table carrier_template (
  route      text collate "C" not null,
  code       text collate "C" not null,
  -- The carrier's word for its inspection state.
  state      text        not null,
  -- As the carrier tells of it.
  template   jsonb       not null,
  first_seen timestamptz not null default now(),
  -- When anything of it was last found different.
  changed_at timestamptz not null default now(),
  primary key (route, code)
);

create table carrier_channel (
  route   text collate "C" not null,
  id      text collate "C" not null,
  channel jsonb not null,
  primary key (route, id)
);
