import { duration, type TransportSettings, transportShape, withTimeoutsInMs } from "@hikyaku/exchange";
import * as z from "zod";

/** Where the three clouds' gateways are (protocol notes §1). */
export const baseUrls = {
  public: "https://sens.apigw.ntruss.com",
  government: "https://sens.apigw.gov-ntruss.com",
  finance: "https://sens.apigw.fin-ntruss.com",
} as const;

const senderNumber = z
  .string()
  .regex(/^\d{4,15}$/)
  .meta({ expected: "4 to 15 digits, in quotes" });

/** The keys of a route that say with whom and how calls are made; the same for AlimTalk and SMS. */
const accountShape = {
  baseUrl: z
    .string()
    .refine(isBaseUrl)
    .meta({
      expected: `a URL, e.g. ${baseUrls.public}`,
      description: `The gateway; ${baseUrls.government} and ${baseUrls.finance} for the other clouds.`,
    })
    .prefault(baseUrls.public)
    .transform((url) => url.replace(/\/+$/, "")),
  accessKey: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .meta({ secret: true, expected: "the access key ID", description: "Access key ID of the main or a sub account." }),
  secretKey: z.string().min(1).meta({ secret: true, description: "Its secret key." }),
  notProcessedStatuses: z
    .array(z.int().min(500).max(599))
    .prefault([])
    .describe(
      "5xx answers after which nothing was sent for certain: tried again at once. Every other 5xx is looked up first, since SENS may have sent it.",
    ),
  lookUp: z
    .strictObject({
      after: duration
        .prefault("60s")
        .describe(
          "How long after a request of unknown outcome its messages count as missing when the list lacks them.",
        ),
      window: duration
        .prefault("2m")
        .describe(
          "How far before and after the request the list is read; more than this machine's clock is ever wrong.",
        ),
    })
    .prefault({}),
  timestampZone: z
    .string()
    .regex(/^(?:UTC|Asia\/Seoul|[+-](?:0\d|1[0-4]):[0-5]\d)$/)
    .meta({ expected: "UTC, Asia/Seoul or an offset such as +09:00" })
    .prefault("Asia/Seoul")
    .describe("Time zone of the carrier's timestamps that name none (protocol notes §15.6)."),
};

const smsNumbers = z
  .array(senderNumber)
  .prefault([])
  .describe("Further approved sender numbers that content may name.");

/** A hundred messages of a thousand Hangul come back whole in one answer, which is 300 kB and more (protocol notes §15.2). */
const maxBodyBytes = z
  .int()
  .min(1_024)
  .prefault(4_194_304)
  .meta({ unit: "bytes", description: "Longest answer that is read; an answer repeats the text of 100 messages." });

/** What producers may know of an AlimTalk route. No secret. Published in the ledger as JSON, so every value is plain. */
const publicShape = {
  plusFriendId: z
    .string()
    .regex(/^@\S+$/)
    .meta({ expected: "the channel's search ID with its @", description: "The KakaoTalk channel, e.g. `@shop`." }),
  smsNumber: senderNumber
    .optional()
    .describe("Approved sender number of the SMS in place of a failed AlimTalk; without it the channel's own."),
  smsNumbers,
  recipientsPerRequest: z
    .int()
    .min(1)
    .max(100)
    .prefault(100)
    .describe("Most recipients in one request; SENS takes 100. Lower it where a proxy limits the size of a body."),
};

const serviceId = (kind: "kkobizmsg" | "sms", what: string) => {
  const wrong = kind === "sms" ? "kkobizmsg" : "sms";
  return z
    .string()
    .regex(/^[A-Za-z0-9:._~-]+$/)
    .refine((id) => !id.includes(`:${wrong}:`))
    .meta({
      expected: `the ${what} service ID, ncp:${kind}:…; the IDs of one project's services differ`,
      description: `Service ID of the project's ${what} service.`,
    });
};

/** An AlimTalk route as the configuration file writes it, checked. Times are milliseconds in the result. */
export const routeConfigSchema = z
  .strictObject({
    provider: z.literal("sens"),
    serviceId: serviceId("kkobizmsg", "Biz Message"),
    ...publicShape,
    failoverWait: duration
      .prefault("10m")
      .describe("How long after an AlimTalk failed its SMS may take to begin before the message counts as failed."),
    ...accountShape,
    ...transportShape,
    maxBodyBytes,
  })
  .transform(withTimeoutsInMs)
  .transform(({ failoverWait, ...rest }) => ({ ...rest, failoverWaitMs: failoverWait }));

export type SensRouteConfig = z.output<typeof routeConfigSchema>;

/** Unknown keys are dropped, so that settings published by a newer version can be read. */
export const publicSettingsSchema = z.object(publicShape);

export type SensPublicSettings = z.output<typeof publicSettingsSchema>;

/** What producers may know of an SMS route. */
const smsPublicShape = {
  smsNumber: senderNumber.describe("Sender number, registered and approved in SENS."),
  smsNumbers,
  contentType: z
    .enum(["COMM", "AD"])
    .prefault("COMM")
    .describe("AD marks advertising, which needs the legal 080 opt-out number in the text."),
};

/** An SMS route as the configuration file writes it, checked. */
export const smsRouteConfigSchema = z
  .strictObject({
    provider: z.literal("sens-sms"),
    serviceId: serviceId("sms", "SMS"),
    ...smsPublicShape,
    ...accountShape,
    ...transportShape,
    maxBodyBytes,
  })
  .transform(withTimeoutsInMs);

export type SensSmsRouteConfig = z.output<typeof smsRouteConfigSchema>;

export const smsPublicSettingsSchema = z.object(smsPublicShape);

export type SensSmsPublicSettings = z.output<typeof smsPublicSettingsSchema>;

/** What signing and sending need of either kind of route. */
export type AccountConfig = TransportSettings & Pick<SensRouteConfig, "baseUrl" | "accessKey" | "secretKey">;

/** SENS has no call-rate limit (protocol notes §15.1); ours keeps a fault from becoming a flood: 5,000 messages a second. */
export const defaultLimits = { tps: 50, concurrency: 10 };

/**
 * No notification ever comes, so the first question is asked soon. Then at growing intervals through the 72 hours in which an open receipt
 * may still be settled (protocol notes §15.5 proposes each 2 to 5 minutes; a whole campaign with a few open messages in every request would
 * then ask without end), and a few times more until the list ends.
 */
export const defaultReceipts = {
  receiptGraceMs: 5_000,
  statusChecks: {
    afterMinutes: [
      ...[1 / 12, 1 / 4, 1 / 2, 1, 2, 4, 7],
      ...range(10, 60, 5),
      ...range(75, 6 * 60, 15),
      ...range(7 * 60, 72 * 60, 60),
      ...[5, 7, 14, 21].map((days) => days * 1_440),
    ],
    lastCheckMarginMs: 12 * 3_600_000,
  },
};

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || /\/v2\/services/.test(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === "";
}
