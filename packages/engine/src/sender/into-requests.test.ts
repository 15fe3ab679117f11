import type { DeliveryWindow } from "@hikyaku/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { intoRequests } from "./into-requests.ts";
import type { ReadyMessage } from "./ready-message.ts";

const nine: DeliveryWindow = { from: "09:00", to: "18:00", timeZone: "Asia/Tokyo" };

const ready = (
  id: string,
  recipient: string,
  { requestKey = "k", windows = [] }: { requestKey?: string; windows?: readonly DeliveryWindow[] } = {},
): ReadyMessage => ({
  message: {
    id,
    recipient,
  } as ReadyMessage["message"],
  windows,
  requestKey,
  reservedAt: null,
  outgoing: { id, recipient, payload: null },
});
const ids = (requests: readonly (readonly ReadyMessage[])[]) =>
  requests.map((request) => request.map(({ message }) => message.id));

test("a carrier of one recipient a request gets one request a message, in order", () => {
  expect(ids(intoRequests([ready("a", "1"), ready("b", "1")], 1))).toEqual([["a"], ["b"]]);
});

test("messages of one key share requests up to the carrier's limit", () => {
  const all = [ready("a", "1"), ready("b", "2"), ready("c", "3")];

  expect(ids(intoRequests(all, 2))).toEqual([["a", "b"], ["c"]]);
});

test("nobody is in a request twice", () => {
  const all = [ready("a", "1"), ready("b", "1"), ready("c", "2")];

  expect(ids(intoRequests(all, 10))).toEqual([["a", "c"], ["b"]]);
});

test("messages of another key or of other windows stand in another request", () => {
  const all = [
    ready("a", "1"),
    ready("b", "2", { requestKey: "other" }),
    ready("c", "3", { windows: [nine] }),
    ready("d", "4", { windows: [{ ...nine }] }),
    ready("e", "5"),
  ];

  expect(ids(intoRequests(all, 10))).toEqual([["a", "e"], ["b"], ["c", "d"]]);
});

test("whatever is gathered, every message is in one request, none too large or of two keys or of one number twice", () => {
  const message = fc.record({ recipient: fc.constantFrom("1", "2", "3", "4"), requestKey: fc.constantFrom("x", "y") });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (messages, limit) => {
      const all = messages.map(({ recipient, requestKey }, index) => ready(String(index), recipient, { requestKey }));

      const requests = intoRequests(all, limit);

      expect(
        ids(requests)
          .flat()
          .sort((a, b) => Number(a) - Number(b)),
      ).toEqual(all.map(({ message: { id } }) => id));
      for (const request of requests) {
        expect(request.length).toBeLessThanOrEqual(limit);
        expect(new Set(request.map(({ requestKey }) => requestKey)).size).toBe(1);
        expect(new Set(request.map(({ message: { recipient } }) => recipient)).size).toBe(request.length);
      }
    }),
  );
});
