import { expect, test } from "vitest";
import { route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { endReservation, putOffReservations, type Sql, takeDueReservations } from "../index.ts";

const due = { route, limit: 10, leaseMs: 60_000 };
const hourMs = 3_600_000;

async function given(sql: Sql, reserveId: string, { inHours = 5, checkInHours = 0, on = route } = {}): Promise<void> {
  await sql`
    insert into reservation (route, reserve_id, reserved_at, check_at)
    values (${on}, ${reserveId}, now() + ${inHours} * interval '1 hour', now() + ${checkInHours} * interval '1 hour')`;
}

const ids = (taken: readonly { reserveId: string }[]) => taken.map(({ reserveId }) => reserveId).sort();

test("a reservation that is due is taken by one, and again when the lease is over", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  for (const id of ["R1", "R2", "R3"]) await given(sql, id);
  await given(sql, "later", { checkInHours: 1 });
  await given(sql, "elsewhere", { on: "another" });
  const [one, other] = await Promise.all([
    takeDueReservations(sql, { ...due, limit: 2 }),
    takeDueReservations(ledger.connect({ max: 1 }).sql, { ...due, limit: 2 }),
  ]);
  const rest = await takeDueReservations(sql, due);
  expect(ids([...one, ...other, ...rest])).toEqual(["R1", "R2", "R3"]);
  expect(one[0]?.reservedAt).toBeInstanceOf(Date);
  expect(await takeDueReservations(sql, due)).toEqual([]);
  await sql`update reservation set check_at = now() where reserve_id = 'R2'`;
  expect(ids(await takeDueReservations(sql, due))).toEqual(["R2"]);
});

test("one whose time has come is not asked about any more", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await given(sql, "over", { inHours: -1 });
  expect(await takeDueReservations(sql, due)).toEqual([]);
  expect(await sql`select check_at from reservation`).toEqual([{ checkAt: null }]);
});

test("it is put off, unless it was ended meanwhile", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  for (const id of ["R1", "R2", "R3"]) await given(sql, id);
  await takeDueReservations(sql, due);
  await endReservation(sql, { route, reserveId: "R2", rawStatus: "CANCELED", reason: "taken back" });
  const checkAt = new Date(Date.now() + hourMs);
  const next = [...["R1", "R2"].map((reserveId) => ({ reserveId, checkAt })), { reserveId: "R3", checkAt: null }];
  await putOffReservations(sql, { route, next });
  expect(await sql`select reserve_id, check_at from reservation order by reserve_id`).toEqual([
    { reserveId: "R1", checkAt },
    { reserveId: "R2", checkAt: null },
    { reserveId: "R3", checkAt: null },
  ]);
});
