import type { ReadNotification } from "@hikyaku/core";
import { expect, test } from "vitest";
import { toNewReceipts } from "./to-new-receipts.ts";

const receivedAt = new Date("2026-11-20T10:00:00Z");

function read(notifications: ReadNotification[], body = "{}", at = receivedAt) {
  const input = { route: "r", kindHint: "any", contentType: "application/json", body, receivedAt: at } as const;
  return toNewReceipts({ readNotification: () => notifications }, input);
}

const receipt = (msgId: string, rawStatus: string): ReadNotification => ({
  kind: "receipt",
  providerMessageId: msgId,
  state: rawStatus === "pending" ? "pending" : "delivered",
  rawStatus,
  recipient: "+819012345678",
  at: receivedAt,
});

test("a receipt waits to be applied; one that only says pending is kept and applies to nothing", () => {
  expect(read([receipt("m", "delivered")])).toMatchObject([
    { kind: "receipt", status: "pending", reportedState: "delivered" },
  ]);
  expect(read([receipt("m", "pending")])).toMatchObject([{ kind: "receipt", status: "stored" }]);
});

test("the same message and status is the same receipt, whatever the body's spelling", () => {
  const [first] = read([receipt("m", "Delivered")], "{ }");
  const [second] = read([receipt("m", "delivered")], "{}");
  const [other] = read([receipt("m", "sent")]);

  expect(first?.dedupeKey).toBe(second?.dedupeKey);
  expect(other?.dedupeKey).not.toBe(first?.dedupeKey);
});

test("a body that is not understood is a repeat only within ten minutes", () => {
  const unrecognised: ReadNotification = { kind: "unrecognised", reason: "no JSON" };
  const [first] = read([unrecognised], "?");
  const [soon] = read([unrecognised], "?", new Date("2026-11-20T10:09:59Z"));
  const [later] = read([unrecognised], "?", new Date("2026-11-20T10:10:00Z"));

  expect(soon?.dedupeKey).toBe(first?.dedupeKey);
  expect(later?.dedupeKey).not.toBe(first?.dedupeKey);
});

test("a body with several reports is kept raw once", () => {
  const rows = read([receipt("a", "delivered"), receipt("b", "delivered")], '[{"a":1},{"b":2}]');
  expect(rows.map((row) => row.body)).toEqual(['[{"a":1},{"b":2}]', ""]);
});
