import { describe, expect, test } from "vitest";
import { callSens, sendSens, service, startFastSens } from "../../test/sens-support.ts";
import { startSensSimulator } from "./start-sens-simulator.ts";

async function admin(simulator: { readonly adminUrl: string }, method: string, path: string, body?: unknown) {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const answer = await fetch(simulator.adminUrl + path, { method, ...init });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

describe("the admin API", () => {
  test("adds channels, templates and numbers, which the gateway then knows", async () => {
    await using simulator = await startFastSens();
    const channel = await admin(simulator, "PUT", "/sim/channels/%40other", { failoverTelNo: "0200000001" });
    expect(channel).toMatchObject({ status: 200, json: { channelId: "@other", channelStatus: "ACTIVE" } });
    await admin(simulator, "PUT", "/sim/templates/%40other/T1", { content: "안녕 #{이름}" });
    await admin(simulator, "PUT", "/sim/sender-numbers/0200000001", { approved: true });
    const body = {
      plusFriendId: "@other",
      templateCode: "T1",
      messages: [{ to: "01000000001", content: "안녕 하나" }],
    };
    expect((await callSens(simulator, `${service}/messages`, { body })).status).toBe(202);
    expect(await admin(simulator, "DELETE", "/sim/templates/%40other/T1")).toMatchObject({ status: 200 });
    expect(await admin(simulator, "DELETE", "/sim/templates/%40other/T1")).toMatchObject({ status: 404 });
    expect((await callSens(simulator, `${service}/messages`, { body })).status).toBe(400);
  });

  test("changes the modes that are named and leaves the others", async () => {
    await using simulator = await startFastSens({ modes: { outOfOrder: true } });
    expect((await admin(simulator, "PUT", "/sim/modes", { dailyQuota: 5 })).json).toMatchObject({
      outOfOrder: true,
      dailyQuota: 5,
    });
    expect(await admin(simulator, "PUT", "/sim/modes", { dailyqouta: 5 })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining("dailyqouta") },
    });
    expect((await admin(simulator, "GET", "/sim/modes")).json).toMatchObject({ outOfOrder: true, dailyQuota: 5 });
  });

  test("shows messages and requests, counts them and finds what was sent twice", async () => {
    await using simulator = await startFastSens();
    await sendSens(simulator, ["01000000001", "01000009900"]);
    await sendSens(simulator, ["01000000001"]);
    await callSens(simulator, `${service}/channels`, { secretKey: "another" });
    expect((await admin(simulator, "GET", "/sim/messages?to=01000000001")).json).toMatchObject({ total: 2 });
    expect((await admin(simulator, "GET", "/sim/requests")).json).toMatchObject({
      requests: [
        { method: "POST", target: `${service}/messages`, status: 202 },
        { method: "POST", status: 202 },
        { method: "GET", status: 401 },
      ],
    });
    expect((await admin(simulator, "GET", "/sim/metrics")).json).toMatchObject({
      ...{ requests: 3, sends: 2, answers: { "202": 2, "401": 1 } },
      messages: { total: 3, refused: 1 },
      duplicates: { count: 1, list: [{ to: "01000000001", requestIds: [expect.any(String), expect.any(String)] }] },
    });
  });

  test("cancels a reservation as in the console, by the rules of the call", async () => {
    await using simulator = await startFastSens();
    const reserveTime = new Date(Date.now() + 10 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const [first, second] = [
      await sendSens(simulator, ["01000000001"], { reserveTime }),
      await sendSens(simulator, ["01000000002"], { reserveTime }),
    ].map(({ json }) => `/sim/reservations/${json.requestId}`);
    expect((await admin(simulator, "DELETE", first ?? "")).status).toBe(200);
    expect((await admin(simulator, "GET", "/sim/reservations")).json).toMatchObject({
      reservations: [{ reserveStatus: "CANCELED" }, { reserveStatus: "READY" }],
    });
    expect((await admin(simulator, "DELETE", first ?? "")).json).toEqual({ error: "reserveStatus is CANCELED" });
    await admin(simulator, "POST", "/sim/clock/advance", { ms: 55 * 60_000 });
    expect((await admin(simulator, "DELETE", second ?? "")).status).toBe(409);
    expect((await admin(simulator, "DELETE", "/sim/reservations/x")).status).toBe(404);
  });

  test("jumps in time, chooses a reservation's end, and forgets everything", async () => {
    await using simulator = await startFastSens();
    const reserveTime = new Date(Date.now() + 10 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const { json } = await sendSens(simulator, ["01000000001"], { reserveTime });
    expect((await admin(simulator, "PUT", `/sim/reservations/${json.requestId}`, { ends: "STALE" })).status).toBe(200);
    expect((await admin(simulator, "PUT", "/sim/reservations/x", { ends: "STALE" })).status).toBe(404);
    expect((await admin(simulator, "PUT", `/sim/reservations/${json.requestId}`, { ends: "GONE" })).status).toBe(400);
    await admin(simulator, "POST", "/sim/clock/advance", { ms: 2 * 3_600_000 });
    expect((await admin(simulator, "GET", "/sim/reservations")).json).toMatchObject({
      reservations: [{ reserveStatus: "STALE" }],
    });
    expect((await admin(simulator, "DELETE", `/sim/reservations/${json.requestId}`)).status).toBe(409);
    await admin(simulator, "POST", "/sim/reset");
    expect((await admin(simulator, "GET", "/sim/reservations")).json).toEqual({ reservations: [] });
    expect(Math.abs(simulator.now() - Date.now())).toBeLessThan(5_000);
    expect((await admin(simulator, "GET", "/healthz")).json).toEqual({ status: "ok" });
  });
});

test("options that can't be used are all named", async () => {
  const wrong = { channels: [{ channelId: "shop" }], timing: { resultMs: -1 }, colour: 1 } as never;
  await expect(startSensSimulator(wrong)).rejects.toMatchObject({
    code: "SIMULATOR_OPTIONS",
    message: expect.stringMatching(/timing\.resultMs[\s\S]*channels\.0\.channelId[\s\S]*colour/),
  });
});
