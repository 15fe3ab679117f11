-- What a carrier last said of whether its richer channel reaches a number. An answer is used again for a while, and then removed: it is
-- about a person, and says less and less.
create table capability (
  checked_at timestamptz not null default now(),
  capable    boolean     not null,
  route      text collate "C" not null,
  recipient  text collate "C" not null,
  -- What the carrier lists, or why it is none.
  said       text        not null default '',
  primary key (route, recipient)
);
create index capability_age on capability (checked_at);

-- Since when it is known that the check of a route works at all: a number has been found capable. Before that a "not found" may as well
-- mean that the path is wrong. It outlives the answers.
create table capability_proof (
  proven_at timestamptz not null default now(),
  route     text collate "C" primary key
);
