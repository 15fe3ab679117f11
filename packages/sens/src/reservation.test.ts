import { describe, expect, test } from "vitest";
import { type Scripted, startScriptedServer } from "../test/scripted-server.ts";
import { servicePath, testClient } from "../test/test-route.ts";
import { cancelFault } from "./reservation.ts";
import { reservationStateOf, reservationStates } from "./reservation-states.ts";
import { isReserveTime, reservedAt, reserveFault, reserveTimeOf } from "./reserve-time.ts";

const now = new Date("2026-11-20T10:00:00+09:00");
const seoul = (time: string) => ({ time, timeZone: "Asia/Seoul" });

describe("the time of a reservation", () => {
  test.each([
    ["2026-11-20 10:09", /less than 10 minutes/],
    ["2026-11-20 10:10", null],
    ["2027-05-19 10:00", null],
    ["2027-05-19 10:01", /more than 180 days/],
    ["2026-11-20 09:59", /is past/],
  ])("%s: %s", (time, fault) => {
    const found = reserveFault(seoul(time), now);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });

  test("is that of its zone, across a change of clocks too", () => {
    expect(reservedAt(seoul("2026-11-21 09:00")).toISOString()).toBe("2026-11-21T00:00:00.000Z");
    expect(reservedAt({ time: "2026-07-01 09:00", timeZone: "Europe/Berlin" }).toISOString()).toBe(
      "2026-07-01T07:00:00.000Z",
    );
    expect(reservedAt({ time: "2026-12-01 09:00", timeZone: "Europe/Berlin" }).toISOString()).toBe(
      "2026-12-01T08:00:00.000Z",
    );
    expect(reservedAt({ time: "2026-03-29 02:30", timeZone: "Europe/Berlin" }).toISOString()).toBe(
      "2026-03-29T01:30:00.000Z",
    );
  });

  test("is written as SENS wants it", () => {
    expect(reserveTimeOf(new Date("2026-11-21T00:00:59Z"), "Asia/Seoul")).toBe("2026-11-21 09:00");
  });

  test.each([
    "2026-11-21",
    "2026-11-21 9:00",
    "2026-11-21 24:00",
    "2026-13-01 00:00",
    "2027-02-29 00:00",
    "2026-11-21T09:00",
  ])("is not %j", (text) => {
    expect(isReserveTime(text)).toBe(false);
  });
});

describe("the states of a reservation", () => {
  test("are the seven of the guide, and their steps lead to each other", () => {
    expect(Object.keys(reservationStates)).toEqual([
      "READY",
      "PROCESSING",
      "CANCELED",
      "FAIL",
      "DONE",
      "STALE",
      "SKIP",
    ]);
    for (const { next, isOver } of Object.values(reservationStates)) {
      expect(next.length === 0).toBe(isOver);
      for (const state of next) expect(reservationStateOf(state)).toBe(state);
    }
    expect(reservationStateOf("toString")).toBeUndefined();
  });

  test.each([
    ["READY", "2026-11-20T10:10:00+09:00", null],
    ["READY", "2026-11-20T10:09:59+09:00", /last 10 minutes/],
    ["READY", null, null],
    ["PROCESSING", "2026-11-21T09:00:00+09:00", /PROCESSING \(being sent\)/],
    ["DONE", "2026-11-21T09:00:00+09:00", /only one that is waiting/],
    ["FAIL", "2026-11-21T09:00:00+09:00", /stands at FAIL \(the request failed\); only/],
    ["OTHER", "2026-11-21T09:00:00+09:00", /stands at OTHER;/],
  ])("one that is %s and due at %s can be cancelled unless %s", (state, due, fault) => {
    const reservation = { reserveId: "R1", state, reservedAt: due === null ? null : new Date(due), timeZone: null };
    if (fault === null) expect(cancelFault(reservation, now)).toBeNull();
    else expect(cancelFault(reservation, now)).toMatch(fault);
  });
});

describe("the calls", () => {
  async function call<T>(scripted: Scripted, ask: (client: ReturnType<typeof testClient>) => Promise<T>) {
    await using server = await startScriptedServer(() => scripted);
    await using client = testClient(server.port);
    return { answer: await ask(client), seen: server.seen.map(({ method, target }) => `${method} ${target}`) };
  }

  test("read the protocol's example", async () => {
    const body = {
      reserveId: "RBAA-1763600400000-0000-00000000-AbCdEfGh",
      reserveTimeZone: "Asia/Seoul",
      reserveTime: "2026-11-21T09:00:00+09:00",
      reserveStatus: "READY",
    };
    const { answer, seen } = await call({ status: 200, body }, (client) => client.readReservation(body.reserveId));
    expect(answer).toEqual({
      kind: "ok",
      value: {
        reserveId: body.reserveId,
        state: "READY",
        reservedAt: new Date("2026-11-21T00:00:00Z"),
        timeZone: "Asia/Seoul",
      },
    });
    expect(seen).toEqual([`GET ${servicePath}/reservations/${body.reserveId}/reserve-status`]);
  });

  test("cancel with 204 and nothing in it", async () => {
    const { answer, seen } = await call({ status: 204 }, (client) => client.cancelReservation("R/1"));
    expect(answer).toEqual({ kind: "ok", value: "cancelled" });
    expect(seen).toEqual([`DELETE ${servicePath}/reservations/R%2F1`]);
  });

  test.each([
    [{ status: 404 }, { kind: "nothing" }],
    [
      { status: 400, body: { status: 400, errors: ["not READY"] } },
      { kind: "refused", reason: "HTTP 400: not READY", httpStatus: 400 },
    ],
    [{ status: 500 }, { kind: "failed-check" }],
  ])("answered %j say so", async (scripted, expected) => {
    expect((await call(scripted, (client) => client.cancelReservation("R1"))).answer).toMatchObject(expected);
    expect((await call(scripted, (client) => client.readReservation("R1"))).answer).toMatchObject(expected);
  });

  test("that read something else understand nothing", async () => {
    const { answer } = await call({ status: 200, body: { reserveId: "R1" } }, (client) => client.readReservation("R1"));
    expect(answer).toMatchObject({ kind: "failed-check" });
  });
});
