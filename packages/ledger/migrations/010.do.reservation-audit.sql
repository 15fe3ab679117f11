-- Who cancelled a reservation stands in the audit, and a reservation is asked about before its time: somebody may have cancelled it in the
-- carrier's own console, which no carrier tells of.

-- Not validated on purpose: every row that is there stood under a shorter list, and reading them all would keep the table shut meanwhile.
alter table audit
  drop constraint audit_action_check,
  add constraint audit_action_check check (
    action in ('override-rule', 'resend-unknown', 'release-route', 'remove-suppression', 'cancel-reservation')
  ) not valid;

-- When the carrier is asked about it next; null once there is nothing more to learn before its messages are followed one by one. The default
-- also serves the version before this one, which writes no such column, and as it is no volatile one no row is written anew.
alter table reservation add column check_at timestamptz default now() + interval '15 minutes';
create index reservation_check on reservation (route, check_at) where check_at is not null;
