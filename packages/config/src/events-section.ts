import { eventSecretPattern, type MessageEventType, messageEventTypes } from "@hikyaku/core";
import * as z from "zod";
import { duration } from "./duration.ts";
import { section } from "./section.ts";

const secretText = "`whsec_` and the base64 of 24 to 64 random bytes";

const url = () =>
  z
    .string()
    .refine((text) => /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text))
    .nullable()
    .meta({ secret: true, expected: "a URL beginning with https:// or http://, or null" });
const secret = () => z.string().regex(eventSecretPattern).meta({ secret: true, expected: secretText });
const kinds = () => z.array(z.enum(messageEventTypes as readonly [MessageEventType, ...MessageEventType[]]));
const timeout = () => duration({ atLeast: "100ms", atMost: "60s" });
const concurrency = () => z.int().min(1).max(200).meta({ unit: "requests" });
const retryBase = () => duration({ atLeast: "100ms", atMost: "1h" });
const retryCap = () => duration({ atLeast: "1s", atMost: "24h" });
const giveUpAfter = () => duration({ atLeast: "1m", atMost: "30d" });
const disableAfter = () => duration({ atLeast: "1m", atMost: "90d" });

const text = {
  url: "Where events go: what end users do, always; changes of messages, by `kinds`. Without it nothing is told.",
  secret: "Signs every event (Standard Webhooks, `v1`); make one by `hikyaku events secret`.",
  previousSecret: "Signs every event too, while the receiving side changes from it to `secret`.",
  kinds: "Changes of messages that are told.",
  timeout: "Longest wait for an answer; a 2xx takes the event, anything else is tried again.",
  concurrency: "Most requests in flight at once of one poller process.",
  retryBase: "First wait after a failure, before jitter; it doubles with each.",
  retryCap: "Longest wait between two attempts.",
  giveUpAfter: "An event that fails for so long is given up; `hikyaku events replay` sends it again.",
  disableAfter: "A URL that takes nothing for so long gets nothing more until `hikyaku events enable`.",
};

/** At the top of the file: for every route that names no URL of its own. */
export const eventsSection = section({
  url: url().optional().describe(text.url),
  secret: secret().optional().describe(text.secret),
  previousSecret: secret().optional().describe(text.previousSecret),
  kinds: kinds().prefault([]).describe(text.kinds),
  timeout: timeout().prefault("15s").describe(text.timeout),
  concurrency: concurrency().prefault(8).describe(text.concurrency),
  retryBase: retryBase().prefault("5s").describe(text.retryBase),
  retryCap: retryCap().prefault("1h").describe(text.retryCap),
  giveUpAfter: giveUpAfter().prefault("72h").describe(text.giveUpAfter),
  disableAfter: disableAfter().prefault("5d").describe(text.disableAfter),
});

/** Under a route: kinds of its own, or a URL of its own with everything that belongs to one. */
export const eventsOverride = section({
  url: url().optional().describe("As at the top of the file, for this route; null tells nothing of it."),
  secret: secret().optional().describe(text.secret),
  previousSecret: secret().optional().describe(text.previousSecret),
  kinds: kinds().optional().describe(text.kinds),
  timeout: timeout().optional().describe(text.timeout),
  concurrency: concurrency().optional().describe(text.concurrency),
  retryBase: retryBase().optional().describe(text.retryBase),
  retryCap: retryCap().optional().describe(text.retryCap),
  giveUpAfter: giveUpAfter().optional().describe(text.giveUpAfter),
  disableAfter: disableAfter().optional().describe(text.disableAfter),
});
