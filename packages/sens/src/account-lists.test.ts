import { describe, expect, test } from "vitest";
import { startScriptedServer } from "../test/scripted-server.ts";
import { servicePath, testClient } from "../test/test-route.ts";
import { channelFaults, readChannel } from "./channels.ts";
import { readTemplate } from "./template.ts";

/** The protocol's example (§8). */
const channel = {
  createTime: "2026-01-05T11:20:30.100",
  updateTime: "2026-02-01T09:00:00.000",
  serviceId: "ncp:kkobizmsg:kr:100000000002:demo",
  channelId: "@demo_shop",
  channelName: "Demo Shop",
  channelStatus: "ACTIVE",
  useSmsFailover: true,
  failoverServiceId: "ncp:sms:kr:100000000001:demo",
  failoverTelNo: "0200000000",
  isBlock: false,
};

/** The protocol's example (§9.1). */
const template = {
  createTime: "2026-03-02T10:00:00.000",
  updateTime: "2026-03-04T15:30:00.000",
  channelId: "@demo_shop",
  templateCode: "ORDER01",
  templateName: "Shipping notice",
  categoryCode: "002001",
  categoryName: "Delivery",
  messageType: "BA",
  emphasizeType: "NONE",
  content: "#{name}, your order #{orderNo} has been shipped.",
  comments: [],
  templateInspectionStatus: "COMPLETE",
  templateStatus: "ACTIVE",
  buttons: [
    { order: 2, type: "WL", name: "Order page", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
    { order: 1, type: "DS", name: "Track parcel" },
  ],
};

describe("channels", () => {
  test("are a bare list", async () => {
    await using server = await startScriptedServer(() => ({ status: 200, body: [channel, "no channel"] }));
    await using client = testClient(server.port);
    const { serviceId, ...told } = channel;
    expect(await client.listChannels()).toEqual({ kind: "ok", value: [{ ...told, isDormant: false }] });
    expect(server.seen.map(({ target }) => target)).toEqual([`${servicePath}/channels`]);
    expect(serviceId).toBe("ncp:kkobizmsg:kr:100000000002:demo");
  });

  test("that there are none of are an empty list", async () => {
    await using server = await startScriptedServer(() => ({ status: 404 }));
    await using client = testClient(server.port);
    expect(await client.listChannels()).toEqual({ kind: "ok", value: [] });
    expect(await client.listTemplates()).toEqual({ kind: "ok", value: [] });
  });

  test.each([{ body: "<html>404 Not Found</html>" }, { body: { status: 404, errors: ["not found"] } }])(
    "are not gone, nor are templates, because of a 404 with %j",
    async ({ body }) => {
      await using server = await startScriptedServer(() => ({ status: 404, body }));
      await using client = testClient(server.port);
      expect((await client.listChannels()).kind).not.toBe("ok");
      expect((await client.listTemplates()).kind).not.toBe("ok");
      expect(await client.readAccount()).toMatchObject({ kind: "failed-check" });
    },
  );

  test.each(["DELETING_PERMANETLY", "DELETING_PERMANENTLY"])("%s is one state, in both spellings", (channelStatus) => {
    expect(readChannel({ ...channel, channelStatus })?.channelStatus).toBe("DELETING_PERMANENTLY");
  });

  test.each([
    [{}, true, []],
    [{ failoverServiceId: null }, false, []],
    [{ useSmsFailover: false, failoverServiceId: null, failoverTelNo: null }, true, ["no failover set up"]],
    // Service and number are optional in the answer (protocol notes §8).
    [{ failoverServiceId: null, failoverTelNo: null }, true, []],
    [{ channelStatus: "DELETED" }, false, ["channel @demo_shop is deleted, but can be restored (DELETED)"]],
    [{ channelStatus: "PENDING_DELETE" }, false, ["@demo_shop is waiting for a deletion that is delayed (PENDING"]],
    [{ channelStatus: "NEW" }, false, ["unknown state (NEW)"]],
    [{ isBlock: true }, false, ["blocked by Kakao"]],
    [{ isDormant: true }, false, ["dormant"]],
  ])("%j with failover %s: %j", (changes, wantsFailover, faults) => {
    const read = readChannel({ ...channel, ...changes });
    expect(read && channelFaults(read, wantsFailover)).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });
});

describe("templates", () => {
  test("are asked for by the route's channel, a hundred at a time, until a page is not full", async () => {
    const pages = [100, 100, 3].map((size, page) =>
      Array.from({ length: size }, (_, index) => ({ ...template, templateCode: `T${page * 100 + index}` })),
    );
    await using server = await startScriptedServer(({ query }) => ({
      status: 200,
      body: pages[Number(query.pageIndex)],
    }));
    await using client = testClient(server.port);
    const answer = await client.listTemplates();
    expect(answer.kind === "ok" && answer.value.map(({ templateCode }) => templateCode)).toEqual(
      Array.from({ length: 203 }, (_, index) => `T${index}`),
    );
    expect(server.seen.map(({ target }) => target)).toEqual(
      [0, 1, 2].map((page) => `${servicePath}/templates?channelId=%40demo_shop&pageSize=100&pageIndex=${page}`),
    );
  });

  test("may be asked for by code or name", async () => {
    await using server = await startScriptedServer(() => ({ status: 200, body: [template] }));
    await using client = testClient(server.port);
    await client.listTemplates({ templateCode: "ORDER01" });
    await client.listTemplates({ templateName: "배송 안내" });
    expect(server.seen.map(({ query }) => [query.templateCode, query.templateName])).toEqual([
      ["ORDER01", undefined],
      [undefined, "배송 안내"],
    ]);
  });

  test("are read with their buttons in order, without what nobody knows", () => {
    const { buttons, ...told } = template;
    expect(readTemplate({ ...template, somethingNew: 1, extraContent: null, messageType: 7 })).toEqual({
      ...told,
      messageType: undefined,
      buttons: [buttons[1], buttons[0]],
    });
  });

  test.each([null, "x", [], {}, { templateCode: "A" }, { content: "a" }])("%j is none", (value) => {
    expect(readTemplate(value)).toBeUndefined();
  });

  test("that can't be read are told as they failed", async () => {
    await using server = await startScriptedServer(({ query }) =>
      query.pageIndex === "0" ? { status: 200, body: Array(100).fill(template) } : { status: 403 },
    );
    await using client = testClient(server.port);
    expect(await client.listTemplates()).toMatchObject({ kind: "held", cause: "forbidden" });
    expect(await client.listTemplates({ templateCode: "x" })).toMatchObject({ kind: "held" });
  });
});

test("the carrier's history is read page by page, by request or completion time", async () => {
  const answer = { messages: [{ messageId: "id-1", to: "01000000001" }], hasMore: true, nextToken: "t/2" };
  await using server = await startScriptedServer(() => ({ status: 200, body: answer }));
  await using client = testClient(server.port);
  const day = { from: new Date("2026-11-19T15:00:00Z"), to: new Date("2026-11-20T14:59:59Z") };
  const first = await client.listMessages({ requested: day }, { messageStatusName: "fail" });
  expect(first).toMatchObject({ kind: "ok", value: { messages: [{ messageId: "id-1" }], nextToken: "t/2" } });
  await client.listMessages({ completed: day }, {}, "t/2");
  expect(server.seen.map(({ query }) => query)).toEqual([
    {
      plusFriendId: "@demo_shop",
      requestStartTime: "2026-11-20 00:00:00",
      requestEndTime: "2026-11-20 23:59:59",
      messageStatusName: "fail",
      pageSize: "100",
    },
    {
      plusFriendId: "@demo_shop",
      completeStartTime: "2026-11-20 00:00:00",
      completeEndTime: "2026-11-20 23:59:59",
      pageSize: "100",
      nextToken: "t/2",
    },
  ]);
});
