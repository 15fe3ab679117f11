import { z } from "zod";
import { accountSchema, exampleAccount } from "./kddi/account-options.ts";
import { faultsSchema } from "./kddi/faults.ts";
import { rcsShapes, webhookShapes } from "./kddi/rcs-shapes.ts";
import { errorShapes } from "./kddi/refusal.ts";
import { wireShapes } from "./kddi/shapes.ts";

const delay = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])]);
const hourMs = 3_600_000;

/** How long the simulated network takes, in simulated milliseconds: a number, or `[least, most]` drawn evenly. */
const timingSchema = z.strictObject({
  sentAfterMs: delay.default([200, 1000]).describe("accepted → sent"),
  deliveredAfterMs: delay.default([1000, 5000]).describe("sent → delivered"),
  phoneOffMs: z
    .number()
    .min(0)
    .default(72 * hourMs)
    .describe("behaviours 03 and 04; also how long the carriers keep trying a phone that is off"),
  displayedAfterMs: delay.default([5000, 60_000]).describe("delivered → displayed, where the user reads it"),
  moAfterMs: z.number().min(0).default(2000).describe("behaviours 12 to 14: delivered → what the user does"),
  lateNotificationMs: z.number().min(0).default(60_000).describe("behaviour 32: state reached → notification"),
  slowAnswerMs: z.number().min(0).default(60_000).describe("behaviour 60: request → answer, in real time"),
});

/** Sizes count UTF-16 units (protocol notes §5.2). */
const smsSchema = z.strictObject({
  maxUnits: z.int().positive().default(660).describe("longest SMS, in UTF-16 units"),
  single: z.int().positive().default(70).describe("most units of an SMS of one part"),
  multi: z.int().positive().default(66).describe("units a part of a longer SMS holds"),
  shown: z
    .enum(["smsTextEnc", "smsText"])
    .default("smsTextEnc")
    .describe("which of smsTextEnc and smsText the handset shows"),
});

const mimeTypes = (...types: string[]) => z.array(z.string().min(3).toLowerCase()).default(types);

/** Limits of +Message content (protocol notes §6); the carriers' own are not public. */
const rcsSchema = z.strictObject({
  maxText: z.int().positive().default(2730).describe("most characters of a textMessage"),
  minCards: z.int().positive().default(2).describe("least cards of a carousel"),
  maxCards: z.int().positive().default(11).describe("most cards of a carousel"),
  maxFileBytes: z.int().positive().default(104_857_600).describe("largest file a message may name"),
  imageTypes: mimeTypes("image/jpeg", "image/png", "image/gif").describe("images that are let in"),
  videoTypes: mimeTypes("video/mp4", "video/mpeg", "video/webm", "video/h263", "video/3gpp").describe(
    "videos that are let in",
  ),
  audioTypes: mimeTypes("audio/mpeg", "audio/mp4", "audio/amr", "audio/aac").describe("audio that is let in"),
});

const path = z.string().regex(/^\/[^?#{}]+$/, "must begin with / and have no query");

/** The capability check (protocol notes §10). */
const capabilitySchema = z.strictObject({
  path: path.default("/contactCapabilities").describe("path of the capability check below the botId"),
  methods: z
    .array(z.enum(["POST", "GET"]))
    .min(1)
    .default(["POST"])
    .describe("GSMA has GET"),
  values: z.array(z.string()).default(["chat", "fileTransfer", "chatBotCommunication"]).describe("of a capable number"),
  notCapable: z
    .enum(["404", "empty-list", "empty-object"])
    .default("404")
    .describe("answer for any other number: 404, empty-list or empty-object"),
});

/** The subscriber list (protocol notes §11). */
const subscribersSchema = z.strictObject({
  path: path.default("/subscribers").describe("path of the list below the botId"),
  pageSize: z.int().min(0).default(0).describe("numbers on a page; 0 = all on one"),
  nextAs: z.enum(["cursor", "url"]).default("cursor").describe("what next holds: a cursor or a url"),
});

const keepSchema = z.strictObject({
  messages: z.int().positive().default(1_000_000).describe("older messages make room, and are not known any more"),
  contentMb: z.number().positive().default(256).describe("MiB of texts and cards; older messages lose theirs first"),
});

export const optionsSchema = z.strictObject({
  host: z.string().default("127.0.0.1").describe("address both ports listen on"),
  port: z.int().min(0).max(65_535).default(0).describe("gateway; 0 = a free port"),
  controlPort: z.int().min(0).max(65_535).default(0).describe("control API; 0 = a free port"),
  accounts: z
    .array(accountSchema)
    .min(1)
    .default(() => [accountSchema.parse(exampleAccount)])
    .describe("see below; one example")
    .refine((accounts) => new Set(accounts.map((account) => account.botId)).size === accounts.length, {
      message: "two accounts have the same botId; give each its own",
    }),
  strict: z.boolean().default(false).describe("every tolerated deviation is answered 400"),
  seed: z.int().default(1).describe("drives every random choice except message ids"),
  allowIps: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], "must be an IP address or a CIDR block"))
    .default([])
    .describe("addresses or CIDR blocks that may call; empty = all"),

  tpsWindow: z
    .enum(["bucket", "sliding"])
    .default("bucket")
    .describe("bucket forgives a burst of one second, sliding none"),
  retryAfterS: z.int().min(0).optional().describe("sent as Retry-After with every 503; absent = no header"),

  acceptDelayMs: delay.default(5).describe("real time from the request to its answer: a number, or [least, most]"),
  realistic: z.boolean().default(false).describe("answers take 800 to 1,300 ms, as in the guide's sample"),
  timing: timingSchema.default(() => timingSchema.parse({})),

  notifyRetryDelaysMs: z.array(z.number().min(0)).max(3).default([1000, 1000, 1000]).describe("at most three retries"),
  notifyParallelism: z.int().min(1).default(8).describe("notifications in flight per URL"),
  smsResultStates: z
    .array(z.enum(["sent", "delivered", "failed"]))
    .default(["sent", "delivered", "failed"])
    .describe("states of an SMS that are pushed"),
  webhookStates: z
    .array(z.enum(["sent", "delivered", "displayed", "revoked", "failed"]))
    .default(["sent", "delivered", "displayed", "revoked"])
    .describe("states of a +Message that are pushed; the guide does not list failed"),
  connectionTestBody: z.string().default("{}").describe("what the connection test posts"),

  acceptShape: z
    .enum(wireShapes)
    .default("canonical")
    .describe("spelling of the 202 body for an SMS: canonical, camel, flat or wrapped"),
  statusShape: z.enum(wireShapes).default("canonical").describe("the same for the status answer"),
  smsResultShape: z.enum(wireShapes).default("canonical").describe("the same for SMS results and SMS-MO"),
  rcsResponseShape: z
    .enum(rcsShapes)
    .default("gsma")
    .describe("spelling of both for a +Message: gsma, camel, flat or wrapped"),
  rcsDestination: z.string().min(1).nullable().default("rcs").describe("Destination in that 202; null = left out"),
  webhookShape: z.enum(webhookShapes).default("gsma").describe("spelling of the webhook: these, or without-event"),
  errorShape: z
    .enum(errorShapes)
    .default("reason")
    .describe("spelling of a refusal's body: reason, error, message or text"),

  unknownBotStatus: z
    .union([z.literal(404), z.literal(403)])
    .default(404)
    .describe("answer where aggid or botId is unknown"),
  badTokenStatus: z
    .union([z.literal(401), z.literal(400), z.literal(403)])
    .default(401)
    .describe("answer to a wrong token"),
  tokenForm: z
    .enum(["any", "bearer", "bare"])
    .default("any")
    .describe("carrier tokens with Bearer before them, bare, or any"),
  expiredStatus: z
    .union([z.literal(404), z.literal(410)])
    .default(404)
    .describe("answer of the status API after retentionDays"),
  statusPath: z
    .string()
    .regex(/^\/[^?#]*\{msgId\}[^?#]*$/, "must begin with / and contain {msgId}")
    .default("/messages/{msgId}/status")
    .describe("path of the status API below the botId"),
  retentionDays: z.number().positive().default(31).describe("how long the status API knows a message"),
  wrongDst: z
    .enum(["failed", "deliver", "refuse"])
    .default("failed")
    .describe("dst names another carrier than the number's: failed, deliver or refuse"),
  obeysExpiry: z.boolean().default(true).describe("a +Message not delivered at its expiry is revoked"),
  capability: capabilitySchema.default(() => capabilitySchema.parse({})),
  subscribers: subscribersSchema.default(() => subscribersSchema.parse({})),
  sms: smsSchema.default(() => smsSchema.parse({})),
  rcs: rcsSchema.default(() => rcsSchema.parse({})),
  maxBodyBytes: z.int().positive().default(262_144).describe("largest body of a request"),

  magicPrefixes: z
    .array(z.string().regex(/^\+81\d{1,8}$/, "must be +81 and 1 to 8 digits, such as +8190000000"))
    .default(["+8190000000"])
    .describe("a number that begins so behaves as its last two digits say; [] switches them off"),
  appShare: z.number().min(0).max(1).default(0.4).describe("of the unlisted numbers, the share that has the app"),
  readShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe("of the +Messages delivered to them, the share that is read"),
  keep: keepSchema.default(() => keepSchema.parse({})),
  faults: faultsSchema.default(() => faultsSchema.parse({})).describe("see above; none"),
});

/** What a caller may pass to `startSimulator`; everything has a default. */
export type SimulatorOptions = z.input<typeof optionsSchema>;
export type SimulatorSettings = z.output<typeof optionsSchema>;

/** The options are not usable. The message lists every fault with its path. */
export class SimulatorOptionsError extends Error {
  readonly code = "SIMULATOR_OPTIONS";
  override readonly name = "SimulatorOptionsError";
}

/** @throws SimulatorOptionsError naming every option that is wrong, what is wrong with it and what is allowed. */
export function parseOptions(options: unknown): SimulatorSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new SimulatorOptionsError(`simulator options are not usable:\n${listIssues(parsed.error)}`);
}

/** One line per fault: `path: what is wrong`. */
export function listIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `  ${issue.path.join(".") || "(whole value)"}: ${issue.message}`).join("\n");
}
