import { describe, expect, it, vi } from "vitest";
import {
  checkStatus,
  account as example,
  sendAccepted,
  sendRcs,
  startFast,
  startListener,
} from "../../test/support.ts";
import { createAccount } from "./account.ts";
import { accountSchema, exampleAccount } from "./account-options.ts";
import type { Message } from "./message.ts";
import { createMessageStore } from "./message-store.ts";

const account = createAccount(accountSchema.parse(exampleAccount), "bucket");

function start(index: number, body = `本文 ${index}`, to = `+8190${10_000_000 + index}`) {
  return {
    ...({ msgId: `id-${index}`, account, channel: "sms", mode: "2", to, smsNumber: "0312345678", body } as const),
    ...({ dst: "0", acceptedAt: 0, deviations: [] } as const),
  };
}

describe("the store", () => {
  it("keeps the latest messages, forgets the oldest entirely, and says so", () => {
    const forgotten: Message[] = [];
    const store = createMessageStore({ messages: 3, contentMb: 1 }, (message) => forgotten.push(message));
    for (let index = 0; index < 10; index++) store.accept(start(index));
    expect(store.size).toBe(3);
    expect(store.forgotten).toBe(7);
    expect([...store.all()].map(({ msgId }) => msgId)).toEqual(["id-7", "id-8", "id-9"]);
    expect(forgotten.map(({ msgId }) => msgId)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `id-${index}`));
    expect(store.byId("id-0")).toBeUndefined();
    expect(store.to("+819010000000")).toEqual([]);
  });

  it("forgets one of several messages to a number, and keeps the others", () => {
    const store = createMessageStore({ messages: 2, contentMb: 1 });
    for (let index = 0; index < 3; index++) store.accept(start(index, `本文 ${index}`, "+819012345678"));
    expect(store.to("+819012345678").map(({ msgId }) => msgId)).toEqual(["id-1", "id-2"]);
    store.accept(start(3));
    expect(store.to("+819012345678").map(({ msgId }) => msgId)).toEqual(["id-2"]);
  });

  it("gives up the oldest contents first, and still knows a duplicate of one", () => {
    // Room for ten texts of 1,000 letters, two bytes each.
    const store = createMessageStore({ messages: 100, contentMb: 20_000 / 1_048_576 });
    for (let index = 0; index < 15; index++) store.accept(start(index, `${index}`.padEnd(1000, "あ")));
    const hasBody = [...store.all()].map(({ body }) => typeof body === "string");
    expect(hasBody).toEqual([...Array(5).fill(false), ...Array(10).fill(true)]);
    const again = store.accept({ ...start(0, "0".padEnd(1000, "あ")), msgId: "again" });
    expect(again.duplicateOf).toBe("id-0");
    expect(store.accept({ ...start(1, "別"), msgId: "other" }).duplicateOf).toBeUndefined();
  });

  it("stays as large as it may be, and quick, through many more messages", () => {
    const store = createMessageStore({ messages: 1000, contentMb: 0.01 });
    for (let index = 0; index < 200_000; index++) store.accept(start(index));
    expect(store.size).toBe(1000);
    expect(store.forgotten).toBe(199_000);
    store.reset();
    expect([store.size, store.forgotten]).toEqual([0, 0]);
    store.accept(start(1));
    expect(store.numbers("", 10)).toEqual(["+819010000001"]);
  });

  it("lists numbers by what they contain, the latest first, each once", () => {
    const store = createMessageStore({ messages: 10_000, contentMb: 1 });
    for (let index = 0; index < 2000; index++) store.accept(start(index));
    store.accept(start(3));
    expect(store.numbers("", 3)).toEqual(["+819010000003", "+819010001999", "+819010001998"]);
    // Longer ago than the last ones that are remembered in their order.
    expect(store.numbers("10000007", 3)).toEqual(["+819010000007"]);
  });
});

it("a forgotten message is not known to the status API, and one without content is delivered and shown all the same", async () => {
  await using simulator = await startFast({ keep: { messages: 2, contentMb: 0.000_05 } });
  const first = await sendAccepted(simulator, "+819012345678");
  const second = await sendAccepted(simulator, "+819012345679");
  await sendRcs(simulator, "+819000000000");
  expect((await checkStatus(simulator, first)).status).toBe(404);
  expect((await checkStatus(simulator, second)).status).toBe(200);
  await vi.waitFor(() =>
    expect(simulator.phone("+819012345679").inbox).toMatchObject([{ text: "", isContentForgotten: true }]),
  );
  expect(simulator.metrics()).toMatchObject({ forgotten: 1, accepted: 3 });
});

it("a message that waits for a phone is let go when it is forgotten", async () => {
  await using listener = await startListener();
  const accounts = [{ ...example, smsResultUrl: listener.url }];
  await using simulator = await startFast({ accounts, keep: { messages: 1 }, smsResultStates: ["delivered"] });
  simulator.setPhone("+819012345678", { power: "off" });
  await sendAccepted(simulator, "+819012345678");
  simulator.advanceClock(60_000);
  await sendAccepted(simulator, "+819012345679");
  simulator.setPhone("+819012345678", { power: "on" });
  simulator.advanceClock(60_000);
  await vi.waitFor(() => expect(simulator.metrics().notifications.notified).toBe(1));
  expect(listener.received.map(({ body }) => body)).toEqual([expect.stringContaining("+819012345679")]);
});
