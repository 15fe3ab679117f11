-- Requests that the carrier has taken and carries out later. No carrier lists them, so they stand here, by the carrier's id of the request.
-- Their messages name them by provider_order_id; their state is asked of the carrier.
create table reservation (
  route       text collate "C" not null,
  reserve_id  text collate "C" not null,
  reserved_at timestamptz      not null,
  created_at  timestamptz      not null default now(),
  primary key (route, reserve_id)
);

create index reservation_by_time on reservation (route, reserved_at, reserve_id);
