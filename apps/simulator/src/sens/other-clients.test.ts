import { describe, expect, test } from "vitest";
import { callSens, service, smsService, startFastSens, untilSens } from "../../test/sens-support.ts";

const content = "Hana, your order 1001 has been shipped.";
const buttons = [
  { type: "DS", name: "Track parcel" },
  {
    type: "WL",
    name: "Order page",
    linkMobile: "https://shop.example/o/1001",
    linkPc: "https://shop.example/o/1001",
    schemeIos: null,
    schemeAndroid: null,
  },
];

// How public clients of SENS write their requests: what is not set is null in PHP and Java, or an empty text.
describe("a request as other clients write it is taken", () => {
  test.each([
    [
      "PHP: every field that it knows, null where it isn't set",
      {
        messages: [{ to: "01000000001", content, buttons, countryCode: "+82", failoverConfig: { content } }],
        reserveTime: null,
      },
    ],
    [
      "Java: whole objects that are null",
      {
        scheduleCode: null,
        messages: [
          { to: "01000000001", content, title: null, headerContent: null, item: null, buttons, failoverConfig: null },
        ],
      },
    ],
    [
      "forms: empty texts",
      {
        reserveTime: "",
        reserveTimeZone: "",
        scheduleCode: "",
        messages: [
          {
            ...{ countryCode: "", to: "01000000001", content, buttons, useSmsFailover: false },
            failoverConfig: { type: "", from: "", subject: "", content: "" },
          },
        ],
      },
    ],
  ])("%s", async (_, fields) => {
    await using simulator = await startFastSens({ strict: true });
    const body = { plusFriendId: "@demo_shop", templateCode: "ORDER01", ...fields };
    const answer = await callSens(simulator, `${service}/messages`, { body });
    expect(answer.json).toMatchObject({ statusCode: "202", messages: [{ requestStatusCode: "A000" }] });
    // Not a failure of the content either: what was null is no field.
    const ask = () => callSens(simulator, `${service}/messages/${answer.json.messages[0]?.messageId}`);
    const { json } = await untilSens(ask, (listed) => listed.json.messageStatusName !== "processing");
    expect(json).toMatchObject({ messageStatusCode: "0000", messageStatusName: "success" });
  });

  test.each([
    ["an SMS with the least there is", { type: "SMS", messages: [{ to: "01000000001" }] }],
    [
      "an LMS with what isn't set as null or empty",
      {
        ...{ type: "lms", contentType: "COMM", countryCode: "", subject: null, reserveTime: "", reserveTimeZone: null },
        messages: [{ to: "01000000001", subject: null, content: null }],
      },
    ],
  ])("%s", async (_, fields) => {
    await using simulator = await startFastSens();
    const body = { from: "0200000000", content: "hello", ...fields };
    const { status, json } = await callSens(simulator, `${smsService}/messages`, { body });
    expect({ status, json }).toMatchObject({ status: 202, json: { statusCode: "202", statusName: "success" } });
  });

  test("but null inside a list is no recipient", async () => {
    await using simulator = await startFastSens();
    const body = { plusFriendId: "@demo_shop", templateCode: "ORDER01", messages: [null] };
    expect(await callSens(simulator, `${service}/messages`, { body })).toMatchObject({ status: 400 });
  });
});
