import * as z from "zod";
import { advertisingSection, messageClass, senderSection, windowsSection } from "./class-sections.ts";
import { duration } from "./duration.ts";
import { eventsSection } from "./events-section.ts";
import { repliesSection } from "./replies-section.ts";
import { routeSchema } from "./route-schema.ts";
import { section } from "./section.ts";
import { retrySection, statusChecksSection, unknownSection } from "./shared-sections.ts";

const port = () => z.int().min(0).max(65_535).meta({ unit: "port" });
const healthPort = (value: number) =>
  port()
    .nullable()
    .prefault(value)
    .describe("Port of `/healthz`, `/readyz` and `/metrics`; 0 takes a free one, null opens none.");

/**
 * Everything the file may say. Each value carries its default, limits, unit and description here and nowhere else; the
 * reference page is printed from this.
 */
export const configSchema = section({
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .meta({
      secret: true,
      expected: "a URL beginning with postgres:// or postgresql://",
      description: "PostgreSQL of the ledger. `DATABASE_URL` in the environment comes before it.",
    })
    .optional(),
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\//)
    .meta({
      secret: true,
      expected: "a URL beginning with redis:// or rediss://",
      description: "Redis of the queues. `REDIS_URL` in the environment comes before it.",
    })
    .optional(),
  redisPrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .meta({ expected: "1 to 64 letters, digits, `.`, `_` or `-`" })
    .prefault("hikyaku")
    .describe("First part of every key in Redis; two systems on one Redis need two."),
  dataDir: z
    .string()
    .min(1)
    .prefault(".hikyaku")
    .describe("Folder in which `up` keeps its servers' data, relative to the working directory."),
  logLevel: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .prefault("info")
    .describe("Least severe log line that is written."),
  shutdownGrace: duration({ atLeast: "1s" })
    .prefault("45s")
    .describe(
      "How long a process may finish what it has in hand after SIGTERM; keep it above the gateway's response timeout.",
    ),
  receiver: section({
    port: port().prefault(8080).describe("Port on which notifications of the carriers arrive; 0 takes a free one."),
    host: z.string().min(1).prefault("0.0.0.0").describe("Address the receiver listens on."),
    publicUrl: z
      .string()
      .refine(isHttpUrl)
      .meta({
        expected: "an https:// URL without query, e.g. https://hooks.example.jp",
        description:
          "Where the carriers reach the receiver, up to `/hooks/…`: `doctor` posts a connection test there, as they would.",
      })
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    trustProxy: z
      .boolean()
      .prefault(false)
      .describe(
        "Whether `X-Forwarded-For` of a load balancer in front names the sender; needed for `hooks.allow` behind one.",
      ),
    maxBodyBytes: z
      .int()
      .min(1_024)
      .max(16_777_216)
      .meta({ unit: "bytes" })
      .prefault(262_144)
      .describe("Longest notification body that is taken; longer ones get 413 (protocol notes §13.1)."),
    ledgerBudget: duration({ atLeast: "10ms", atMost: "400ms" })
      .prefault("250ms")
      .describe(
        "How long the ledger may take to store a notification before Redis keeps it instead; the carrier waits 500 ms in all.",
      ),
  }).prefault({}),
  console: section({
    port: port().prefault(3000).describe("Port of the HTTP API and of `/queues`; 0 takes a free one."),
    host: z.string().min(1).prefault("127.0.0.1").describe("Address the console listens on; 0.0.0.0 in a container."),
    users: z
      .array(
        section({
          name: z.string().min(1).describe("Name to sign in with."),
          password: z.string().min(1).meta({ secret: true, description: "Password to sign in with." }),
        }),
      )
      .prefault([])
      .describe("Who may sign in to the pages and to `/queues`; with nobody listed they stay closed."),
    sessionSecret: z
      .string()
      .min(32)
      .meta({
        secret: true,
        expected: "32 or more random characters",
        description:
          "Signs the cookies of the pages. Without it each process makes its own, and a restart signs everybody out; several consoles behind one address need it.",
      })
      .optional(),
    sessionFor: duration({ atLeast: "1m", atMost: "720h" }).prefault("12h").describe("How long a sign-in lasts."),
    timeZone: z
      .string()
      .refine(isTimeZone)
      .meta({ expected: "an IANA time zone such as Asia/Tokyo" })
      .prefault("Asia/Tokyo")
      .describe("Time zone in which the pages show times."),
    trustProxy: z
      .boolean()
      .prefault(false)
      .describe(
        "Whether the `X-Forwarded-…` headers of a proxy in front name the visitor's address, host and protocol; needed for HTTPS that ends at a proxy.",
      ),
    queuesReadOnly: z
      .boolean()
      .prefault(false)
      .describe("Takes the buttons that retry, promote and remove jobs away from `/queues`."),
    maxBodyBytes: z
      .int()
      .min(1_024)
      .max(268_435_456)
      .meta({ unit: "bytes" })
      .prefault(16_777_216)
      .describe("Longest JSON body the API takes; longer lists of recipients go as NDJSON."),
    maxUploadBytes: z
      .int()
      .min(1_024)
      .meta({ unit: "bytes" })
      .prefault(4_294_967_296)
      .describe("Longest NDJSON upload of recipients."),
    uploadIdle: duration({ atLeast: "1s", atMost: "1h" })
      .prefault("60s")
      .describe("How long an upload may stand still before it is given up; it can be resumed."),
  }).prefault({}),
  worker: section({
    healthPort: healthPort(8081),
  }).prefault({}),
  poller: section({
    healthPort: healthPort(8082),
    interval: duration({ atLeast: "50ms", atMost: "1h" })
      .prefault("1s")
      .describe("How often status checks that are due are looked for."),
    templatesInterval: duration({ atLeast: "1s", atMost: "24h" })
      .prefault("10m")
      .describe("How often the channels and templates of a carrier's account are read again."),
    batchSize: z.int().min(1).max(10_000).prefault(200).describe("Most status checks taken from the ledger at once."),
    tpsShare: z
      .number()
      .gt(0)
      .max(1)
      .prefault(0.2)
      .describe("Share of a route's TPS and concurrency that status checks may use (protocol notes §8.3)."),
  }).prefault({}),
  feed: section({
    windowSeconds: z
      .number()
      .gt(0)
      .max(300)
      .meta({ unit: "s" })
      .prefault(5)
      .describe("Seconds of sending kept ready in a route's queue; the rest waits in the ledger."),
    jobSpan: duration({ atLeast: "1ms", atMost: "5s" })
      .prefault("100ms")
      .describe("How much sending time one queue job covers."),
    maxJobMessages: z
      .int()
      .min(1)
      .max(500)
      .prefault(50)
      .describe("Most messages in one queue job; where a request carries more recipients, as many as that."),
    interval: duration({ atLeast: "10ms", atMost: "1m" }).prefault("250ms").describe("How often a queue is refilled."),
  }).prefault({}),
  throttle: section({
    cutTo: z
      .number()
      .gt(0)
      .lt(1)
      .prefault(0.5)
      .describe("What a storm of 503s leaves of the route's pace, for every process."),
    loneCutTo: z
      .number()
      .gt(0)
      .lt(1)
      .prefault(0.98)
      .describe("What the first 503 after `loneAfter` without one leaves of the pace."),
    repeatCutTo: z
      .number()
      .gt(0)
      .lt(1)
      .prefault(0.95)
      .describe("What each further 503 within `loneAfter` leaves, as long as they are no storm."),
    stormShare: z
      .number()
      .gt(0)
      .lt(1)
      .prefault(0.1)
      .describe("503s are a storm when they are more than this share of a process's requests of the last second."),
    loneAfter: duration({ atLeast: "1ms" })
      .prefault("3s")
      .describe("How long without a 503 makes the next a lone one."),
    cutEvery: duration({ atLeast: "1ms" })
      .prefault("1s")
      .describe(
        "503s that come within this time of a cut belong to it and cut nothing more, unless they turn out to be a storm.",
      ),
    climbBy: z
      .number()
      .gt(0)
      .max(1)
      .prefault(0.05)
      .describe("Share of the route's TPS that the pace wins back, every `climbEvery`."),
    climbEvery: duration({ atLeast: "1ms" }).prefault("2s").describe("How long the pace takes for one step up."),
  }).prefault({}),
  hold: section({
    probeEvery: duration({ atLeast: "100ms" })
      .prefault("60s")
      .describe("How often one message tries whether a held route works again (protocol notes §7)."),
  }).prefault({}),
  campaigns: section({
    pauseAfterRejected: z
      .int()
      .min(1)
      .prefault(20)
      .describe("A campaign pauses itself when this many of its first messages are all rejected."),
  }).prefault({}),
  heartbeat: section({
    every: duration({ atLeast: "100ms" }).prefault("1s").describe("How often a process says that it lives."),
    deadAfter: duration({ atLeast: "500ms" })
      .prefault("3s")
      .describe("Silence after which a process counts as dead and its work goes to others."),
  }).prefault({}),
  retention: section({
    days: z
      .int()
      .min(1)
      .max(36_500)
      .meta({ unit: "days" })
      .prefault(90)
      .describe("Finished campaigns older than this are removed with their messages."),
    consent: duration({ atLeast: "1h" })
      .prefault("31d")
      .describe(
        "How long a record of consent is kept after the last advertising to its recipient, also when the messages are gone; the law asks for a month (特定電子メール法 Rule 4).",
      ),
    unmatchedReceipts: duration({ atLeast: "1h" })
      .prefault("24h")
      .describe("How long a notification waits for a message it could belong to (protocol notes §8.2)."),
    capability: duration({ atLeast: "1m", atMost: "168h" })
      .prefault("24h")
      .describe(
        "How long a carrier's answer that a number has +Message or not is used again; then it is removed (protocol notes §10).",
      ),
    inboundDays: z
      .int()
      .min(1)
      .max(36_500)
      .meta({ unit: "days" })
      .prefault(90)
      .describe("What end users did is removed after so long; the suppressions it added stay."),
    eventDays: z
      .int()
      .min(1)
      .max(36_500)
      .meta({ unit: "days" })
      .prefault(30)
      .describe("Events are removed so long after they were written, taken or not; keep it below `inboundDays`."),
  }).prefault({}),
  class: messageClass,
  windows: windowsSection.prefault({}),
  sender: senderSection.prefault({}),
  advertising: advertisingSection.prefault({}),
  receiptGrace: duration()
    .prefault("5m")
    .describe("Time after acceptance before the first status check; outlast the carrier's own retries."),
  statusChecks: statusChecksSection.prefault({}),
  retry: retrySection.prefault({}),
  unknown: unknownSection.prefault({}),
  replies: repliesSection.prefault({}),
  events: eventsSection.prefault({}),
  routes: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
        .meta({ expected: "a name of 1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or digit" }),
      routeSchema,
    )
    .prefault({})
    .describe("The sender accounts, by name."),
});

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${search}${hash}` === "";
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
