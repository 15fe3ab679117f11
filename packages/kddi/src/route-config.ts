import { defaultSmsLimits, receiptStates } from "@hikyaku/core";
import { transportShape, withTimeoutsInMs } from "@hikyaku/exchange";
import * as z from "zod";
import { notificationFieldsSchema, replyFieldsSchema } from "./notification-fields.ts";
import { dstSchema, rcsSettings } from "./rcs-settings.ts";

const headerText = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
const token = (carrier: string) =>
  headerText.meta({
    secret: true,
    expected: "a token of printable ASCII characters",
    description: `The ${carrier} token of the account notice.`,
  });
const senderNumber = z
  .string()
  .regex(/^\d{4,15}$/)
  .meta({ expected: "4 to 15 digits, in quotes" });
const httpStatus = z.int().min(100).max(599);

const fieldPath = z
  .string()
  .regex(/^[^.]+(?:\.[^.]+)*$/)
  .meta({ expected: "a field, or fields joined by dots" });
const callPath = z
  .string()
  .regex(/^\/[\x21-\x7e]*$/)
  .meta({ expected: "a path that begins with /" });

/**
 * What producers may know of a route: everything that decides whether a text, a sender or a recipient is right, and how
 * notifications are read. No secret. Published in the ledger as JSON, so every value is plain.
 */
const publicShape = {
  smsNumber: senderNumber.describe("Sender number shown on the handset, from the account notice (guide §2.5)."),
  smsNumbers: z
    .array(senderNumber)
    .prefault([])
    .describe("Further sender numbers of the account that content may name, e.g. the shared number for replies."),
  dst: dstSchema
    .prefault("0")
    .describe("Carrier asked for: 0 any, 1 au, 2 docomo, 3 SoftBank, 4 Rakuten. Numbers are portable, so 0 is right."),
  sms: z
    .strictObject({
      maxUnits: z
        .int()
        .min(1)
        .max(10_000)
        .prefault(defaultSmsLimits.max)
        .meta({ unit: "UTF-16 units", description: "Longest text that is sent (protocol notes §5.2)." }),
      single: z
        .int()
        .min(1)
        .prefault(defaultSmsLimits.single)
        .meta({ unit: "UTF-16 units", description: "Longest text that is one part." }),
      multi: z
        .int()
        .min(1)
        .prefault(defaultSmsLimits.multi)
        .meta({ unit: "UTF-16 units", description: "Units of each part of a longer text." }),
      charPolicy: z
        .enum(["warn", "strict", "off"])
        .prefault("warn")
        .describe(
          "What characters outside Shift_JIS are: an error only where au would replace them, always, or nothing.",
        ),
      newline: z
        .enum(["lf", "crlf"])
        .prefault("lf")
        .describe("Line break in `smsText`; `smsTextEnc` always has LF, as in the guide's live sample."),
      sendBoth: z.boolean().prefault(true).describe("false leaves `smsText` out and sends `smsTextEnc` alone."),
    })
    .prefault({}),
  rcs: rcsSettings,
  allow060: z.boolean().prefault(true).describe("Accept 060 numbers, assigned to mobile phones from July 2026 on."),
  allowDummyC0: z
    .boolean()
    .prefault(false)
    .describe("Accept 070/080/090 followed by 0, which nobody has: for the simulator and for rehearsals only."),
  smsStatusMap: z
    .record(z.string(), z.enum(["pending", ...receiptStates]))
    .prefault({})
    .describe("Further words of the carrier for a status, in any case, e.g. `配信完了: delivered`."),
  destinationMap: z
    .record(z.string(), z.enum(["sms", "rcs"]))
    .prefault({})
    .describe("Further words of `Destination` for the channel, in any case, e.g. `plus: rcs`."),
  smsResult: z.strictObject({ fields: notificationFieldsSchema }).prefault({}),
  smsMo: z.strictObject({ fields: replyFieldsSchema }).prefault({}),
  correlateBy: z
    .enum(["postback", "msgId"])
    .prefault("postback")
    .describe(
      "What names the message that a tap answers: the reference in the button's data, or the event's msgId as well, should KDDI put the sent message's id there.",
    ),
  timestampZone: z
    .string()
    .regex(/^(?:UTC|Asia\/Tokyo|[+-](?:0\d|1[0-4]):[0-5]\d)$/)
    .meta({ expected: "UTC, Asia/Tokyo or an offset such as +09:00" })
    .prefault("UTC")
    .describe("Time zone of the carrier's timestamps that name none."),
};

/** A KDDI route as the configuration file writes it, checked. Times are milliseconds in the result. */
export const routeConfigSchema = z
  .strictObject({
    provider: z.literal("kddi"),
    baseUrl: z
      .string()
      .refine(isBaseUrl)
      .meta({
        expected: "a URL with host and aggid, e.g. https://api.msg-gw.kddi.com/au",
        description: "Host and aggid of the account notice (guide, connection data); `/v1/fallback/…` is added.",
      })
      .transform((url) => url.replace(/\/+$/, "")),
    botId: z
      .string()
      .refine(isPathSegment)
      .meta({ expected: "the bot id as issued", description: "botId of the account notice." }),
    basicAuth: z.strictObject({
      user: z
        .string()
        .regex(/^[^:]+$/)
        .meta({ expected: "a text without a colon", description: "認証ID of the account notice." }),
      password: z.string().min(1).meta({ secret: true, description: "Its password." }),
    }),
    tokens: z
      .union([
        z.literal("smsonly"),
        z.strictObject({ au: token("au"), docomo: token("docomo"), softbank: token("SoftBank") }),
      ])
      .describe("`smsonly`, or the three carriers' tokens for +Message (guide §3.2)."),
    tokenPrefix: z
      .enum(["auto", "none"])
      .prefault("auto")
      .describe("auto puts `Bearer ` before a token that has none; none sends tokens as they are."),
    ...publicShape,
    statusPath: z
      .string()
      .regex(/^\/[\x21-\x7e]*\{msgId\}[\x21-\x7e]*$/)
      .meta({ expected: "a path that begins with / and holds {msgId}" })
      .prefault("/messages/{msgId}/status")
      .describe("Path of the status call below the bot's base (protocol notes §9)."),
    statusHeaders: z
      .union([
        z.literal("same-as-send"),
        z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().meta({ secret: true })),
      ])
      .prefault("same-as-send")
      .describe(
        "Headers of the status call: those of the send, or a mapping of changes (an empty text leaves one out).",
      ),
    statusFieldPaths: z
      .strictObject({
        msgId: z
          .array(fieldPath)
          .prefault([])
          .describe("Where the message's id stands in the answer to a status call."),
        status: z.array(fieldPath).prefault([]).describe("Where its status stands."),
        timestamp: z.array(fieldPath).prefault([]).describe("Where the time of its status stands."),
      })
      .prefault({})
      .describe("Looked at before the known places (protocol notes §4.4), e.g. `result.state`."),
    rcsResponseShape: z
      .union([
        z.literal("gsma"),
        z.strictObject({
          msgId: fieldPath.describe("Where the message's id stands in the answer to a send by +Message."),
          orderId: fieldPath.optional().describe("Where an order's id stands."),
          destination: fieldPath.optional().describe("Where the channel stands."),
        }),
      ])
      .prefault("gsma")
      .describe("Shape of the answer to a send by +Message: `gsma`, or paths looked at before the known places."),
    capability: z
      .strictObject({
        method: z.enum(["POST", "GET"]).prefault("POST").describe("Method of the capability check (guide §2.1)."),
        path: callPath
          .prefault("/contactCapabilities")
          .describe("Its path below the bot's base; `{userContact}` is replaced by the number, percent-encoded."),
        body: z
          .string()
          .refine(isBodyTemplate)
          .meta({ expected: 'JSON that holds "{userContact}"' })
          .prefault('{"messageContact":{"userContact":"{userContact}"}}')
          .describe("Its body, with `{userContact}` in place of the number."),
        okValues: z
          .array(z.string().min(1))
          .min(1)
          .prefault(["chatBotCommunication", "chat"])
          .describe("Values of which one makes a number capable, in any case."),
      })
      .prefault({}),
    subscribers: z
      .strictObject({
        path: callPath.prefault("/subscribers").describe("Path of the subscriber list below the bot's base."),
        nextField: z
          .string()
          .min(1)
          .prefault("next")
          .describe("Name of the field that leads to the next page: an absolute URL of the same host, or a value."),
        nextParameter: z
          .string()
          .regex(/^[A-Za-z0-9_.~-]+$/)
          .optional()
          .describe("Query parameter that takes such a value; the field's own name without it."),
        itemField: z.string().min(1).prefault("userContact").describe("Name of the field that holds a number."),
      })
      .prefault({}),
    acceptStatuses: z
      .array(z.int().min(200).max(299))
      .min(1)
      .optional()
      .describe("The 2xx that mean accepted; without it every one. A 2xx not listed makes the outcome unknown."),
    ambiguousStatuses: z
      .array(httpStatus.min(300))
      .prefault([])
      .describe(
        "Answers after which the message may have been accepted: the outcome is unknown, nothing is sent again.",
      ),
    retry504: z
      .boolean()
      .prefault(true)
      .describe(
        "A 504 never reached the gateway (guide §2.6); false makes it unknown, for a proxy that also answers 504.",
      ),
    errorFieldPaths: z
      .array(fieldPath)
      .prefault(["reason.text", "error.message", "message"])
      .describe("Where an error's text stands in the answer; the first that is there."),
    ...transportShape,
    maxBodyBytes: z
      .int()
      .min(1_024)
      .prefault(262_144)
      .meta({ unit: "bytes", description: "Longest request that is sent, and longest answer that is read." }),
  })
  .transform(withTimeoutsInMs);

export type KddiRouteConfig = z.output<typeof routeConfigSchema>;

/** Unknown keys are dropped, so that settings published by a newer version can be read. */
export const publicSettingsSchema = z.object({
  ...publicShape,
  /** Whether the account has the carriers' tokens, without which only SMS can be sent (guide §1.1). Never the tokens themselves. */
  plusMessage: z.boolean().prefault(false),
  maxBodyBytes: z.int().min(1).prefault(262_144),
});

export type KddiPublicSettings = z.output<typeof publicSettingsSchema>;

export function publicSettingsOf(route: KddiRouteConfig): KddiPublicSettings {
  return publicSettingsSchema.parse({ ...route, plusMessage: route.tokens !== "smsonly" });
}

/** Limits that hold where the contract's are not configured: both numbers are contractual and not public (protocol notes §21). */
export const defaultLimits = { tps: 10, concurrency: 10 };

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || text.includes("/v1/fallback")) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === "";
}

function isBodyTemplate(text: string): boolean {
  try {
    return text.includes('"{userContact}"') && JSON.parse(text) !== null;
  } catch {
    return false;
  }
}

function isPathSegment(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text) && text !== "." && text !== "..";
}
