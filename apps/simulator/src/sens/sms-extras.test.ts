import { describe, expect, test } from "vitest";
import { callSens, smsService, startFastSens, untilSens } from "../../test/sens-support.ts";
import type { SensSimulator } from "./sens-simulator.ts";

/** The head of a picture of that size, and nothing to see. */
function jpeg(width: number, height: number, bytes = 0): string {
  const frame = Buffer.from("ffd8ffe000104a46494600010100000100010000ffc00011080000000003", "hex");
  frame.writeUInt16BE(height, 25);
  frame.writeUInt16BE(width, 27);
  return Buffer.concat([frame, Buffer.alloc(bytes)]).toString("base64");
}

const day = 86_400_000;

async function sendSms(simulator: SensSimulator, fields: Record<string, unknown>) {
  const body = { type: "SMS", from: "0200000000", content: "hello", messages: [{ to: "01000000001" }], ...fields };
  return await callSens(simulator, `${smsService}/messages`, { body });
}

/** The message of a send, once it is through. */
async function resultOf(simulator: SensSimulator, fields: Record<string, unknown>) {
  const { json } = await sendSms(simulator, fields);
  const ask = () => callSens(simulator, `${smsService}/messages?requestId=${json.requestId}`);
  const listed = await untilSens(ask, (answer) => answer.json.messages[0]?.status === "COMPLETED");
  return listed.json.messages[0];
}

describe("a picture of an MMS", () => {
  const upload = (simulator: SensSimulator, fileName: string, fileBody: string) =>
    callSens(simulator, `${smsService}/files`, { body: { fileName, fileBody } });

  test("is uploaded, and sent by its id for six days", async () => {
    await using simulator = await startFastSens();
    const { json, status } = await upload(simulator, "coupon.jpg", jpeg(1_500, 1_440));
    expect(status).toBe(200);
    expect(json).toEqual({
      fileId: expect.any(String),
      createTime: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/),
      expireTime: expect.any(String),
    });
    expect(Date.parse(`${json.expireTime}Z`) - Date.parse(`${json.createTime}Z`)).toBe(6 * day);
    const mms = { type: "MMS", files: [{ fileId: json.fileId }] };
    expect(await resultOf(simulator, mms)).toMatchObject({ type: "MMS", statusCode: "0" });
    simulator.advanceClock(6 * day);
    expect(await sendSms(simulator, mms)).toMatchObject({
      status: 400,
      json: { errors: ["files.0.fileId: no such file"] },
    });
  });

  test("of the same name and size is used again", async () => {
    await using simulator = await startFastSens();
    const first = await upload(simulator, "a.jpg", jpeg(10, 10));
    expect((await upload(simulator, "a.jpg", jpeg(20, 20))).json.fileId).toBe(first.json.fileId);
    expect((await upload(simulator, "a.jpg", jpeg(10, 10, 5))).json.fileId).not.toBe(first.json.fileId);
    expect((await upload(simulator, "b.jpg", jpeg(10, 10))).json.fileId).not.toBe(first.json.fileId);
  });

  test.each([
    ["of another kind", "coupon.png", jpeg(10, 10), "fileName: only .jpg or .jpeg"],
    ["with a long name", `${"a".repeat(37)}.jpg`, jpeg(10, 10), "fileName: at most 40 characters"],
    ["with a prefix", "a.jpg", `data:image/jpeg;base64,${jpeg(10, 10)}`, "fileBody: only Base64, without a prefix"],
    ["that is none", "a.jpg", "QUJDRA==", "fileBody: not a JPEG"],
    ["that is too wide", "a.jpg", jpeg(1_501, 10), "fileBody: at most 1500x1440 pixels"],
    ["that is too high", "a.jpg", jpeg(10, 1_441), "fileBody: at most 1500x1440 pixels"],
    ["that is too large", "a.jpg", jpeg(10, 10, 300 * 1_024), "fileBody: at most 300 KB"],
  ])("%s is refused", async (_, fileName, fileBody, error) => {
    await using simulator = await startFastSens();
    expect(await upload(simulator, fileName, fileBody)).toMatchObject({ status: 400, json: { errors: [error] } });
  });

  test("may be in the send itself, as it once was; without one an MMS is an LMS", async () => {
    await using simulator = await startFastSens();
    const older = { type: "MMS", files: [{ name: "a.jpg", body: jpeg(10, 10) }] };
    expect(await resultOf(simulator, older)).toMatchObject({ type: "MMS" });
    expect(await resultOf(simulator, { type: "MMS" })).toMatchObject({ type: "LMS" });
  });
});

describe("the opt-out list", () => {
  const path = `${smsService}/unsubscribes`;
  const numbers = ["01000000001", "01000000002", "01000000003"];
  const body = numbers.map((clientTelNo) => ({ clientTelNo }));

  test("takes numbers, shows them by number, time and page, and forgets them", async () => {
    await using simulator = await startFastSens();
    expect((await callSens(simulator, path)).status).toBe(404);
    const added = await callSens(simulator, path, { body });
    const entry = (clientTelNo: string | undefined) => ({
      clientTelNo,
      registerType: "M",
      registerTime: expect.stringMatching(/T\d{2}:\d{2}:\d{2}\.\d{3}$/),
    });
    expect(added).toMatchObject({ status: 200, json: numbers.map(entry) });
    expect((await callSens(simulator, `${path}?clientTelNo=${numbers[1]}`)).json).toEqual([entry(numbers[1])]);
    expect((await callSens(simulator, `${path}?pageSize=2&pageIndex=1`)).json).toEqual([entry(numbers[2])]);
    expect((await callSens(simulator, `${path}?startTime=${simulator.now() + 1_000}`)).status).toBe(404);
    expect((await callSens(simulator, `${path}?endTime=${simulator.now() + 1_000}`)).json).toHaveLength(3);
    expect((await callSens(simulator, `${path}?pageSize=101`)).status).toBe(400);
    const removed = await callSens(simulator, path, { method: "DELETE", body: body.slice(0, 2) });
    expect(removed).toMatchObject({ status: 204, text: "" });
    expect((await callSens(simulator, path)).json).toEqual([entry(numbers[2])]);
  });

  test.each([
    ["no list", { clientTelNo: numbers[0] }],
    ["an empty list", []],
    ["more than 1,000", Array.from({ length: 1_001 }, (_, n) => ({ clientTelNo: `0100000${1_000 + n}` }))],
    ["a number with hyphens", [{ clientTelNo: "010-0000-0001" }]],
  ])("refuses %s", async (_, wrong) => {
    await using simulator = await startFastSens();
    expect((await callSens(simulator, path, { body: wrong })).status).toBe(400);
  });

  test("keeps advertising from its numbers, and nothing else", async () => {
    await using simulator = await startFastSens();
    await callSens(simulator, path, { body });
    expect(await resultOf(simulator, { contentType: "AD" })).toMatchObject({ statusCode: "9002", statusName: "fail" });
    expect(await resultOf(simulator, { contentType: "COMM" })).toMatchObject({ statusCode: "0" });
    await callSens(simulator, path, { method: "DELETE", body });
    expect(await resultOf(simulator, { contentType: "AD" })).toMatchObject({ statusCode: "0" });
  });
});
