import { expect, test } from "vitest";
import { acceptedText } from "./draw-report.ts";

test.each([
  ["without a limit", null, "51.9/s on average, 941 in the best second"],
  [
    "of one message a request",
    { tps: 100, messagesPerRequest: 1 },
    "51.9/s on average of 100 allowed (51.9%), 941 in the best second",
  ],
  [
    "of up to a hundred messages a request, which no rate of messages is a share of",
    { tps: 20, messagesPerRequest: 100 },
    "51.9/s on average, 941 in the best second (limit: 20 requests/s, up to 100 messages each)",
  ],
])("the rate of a route %s", (_, limit, text) => {
  expect(acceptedText({ mean: 51.9, peak: 941 }, limit)).toBe(text);
});
