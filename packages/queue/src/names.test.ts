import { expect, test } from "vitest";
import { feederChannel, parkedOutcomesKey, parkedReceiptsKey, sendQueueName, throttleKey } from "./names.ts";

test("keys and queue names", () => {
  expect([
    sendQueueName("coupon-sms", "campaign"),
    sendQueueName("coupon-sms", "single"),
    throttleKey("hikyaku", "coupon-sms"),
    parkedOutcomesKey("hikyaku", "coupon-sms"),
    parkedReceiptsKey("hikyaku"),
    feederChannel("hikyaku"),
  ]).toEqual([
    "send.coupon-sms.campaign",
    "send.coupon-sms.single",
    "hikyaku:throttle:coupon-sms",
    "hikyaku:parked:coupon-sms",
    "hikyaku:receipts",
    "hikyaku:feeder",
  ]);
});

test.each(["", "a:b", "a b", "a/b"])("the route name %j is refused", (route) => {
  expect(() => sendQueueName(route, "single")).toThrow(`route: ${JSON.stringify(route)} must consist of`);
});

test("a prefix with a colon is refused", () => {
  expect(() => throttleKey("a:b", "r")).toThrow("prefix");
});
