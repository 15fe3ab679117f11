import { z } from "zod";
import { listIssues, SimulatorOptionsError } from "../options.ts";

const delay = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])]);
const number = z.string().regex(/^\d{4,15}$/, "must be 4 to 15 digits");
const hourMs = 3_600_000;

export const channelStates = [
  "ACTIVE",
  "DELETED",
  "DELETING_PERMANETLY",
  "PERMANENTLY_DELETED",
  "BLOCKED",
  "PENDING_DELETE",
] as const;

export const channelSchema = z.strictObject({
  channelId: z.string().regex(/^@\S+$/, "must begin with @"),
  channelName: z.string().min(1).optional(),
  channelStatus: z.enum(channelStates).default("ACTIVE"),
  useSmsFailover: z.boolean().default(false).describe("default where a message does not say"),
  failoverTelNo: number.nullable().default(null).describe("null: failover is not set up, and never happens"),
  isBlock: z.boolean().default(false),
});

export const buttonSchema = z.strictObject({
  order: z.int().positive().optional(),
  type: z.enum(["DS", "WL", "AL", "BK", "MD", "AC"]),
  name: z.string().min(1),
  linkMobile: z.string().optional(),
  linkPc: z.string().optional(),
  schemeIos: z.string().optional(),
  schemeAndroid: z.string().optional(),
});

export const inspectionStates = ["ACCEPT", "REGISTER", "INSPECT", "REJECT", "COMPLETE"] as const;

export const templateSchema = z.strictObject({
  channelId: z.string(),
  templateCode: z.string().min(1),
  templateName: z.string().min(1).optional(),
  content: z.string().min(1),
  messageType: z.enum(["BA", "EX", "AD", "MI"]).default("BA"),
  emphasizeType: z.enum(["NONE", "TEXT", "IMAGE", "ITEM_LIST"]).default("NONE"),
  emphasizeTitle: z.string().optional(),
  emphasizeSubTitle: z.string().optional(),
  extraContent: z.string().optional(),
  adContent: z.string().optional(),
  templateInspectionStatus: z.enum(inspectionStates).default("COMPLETE"),
  templateStatus: z.string().default("ACTIVE"),
  comments: z.array(z.record(z.string(), z.unknown())).default([]),
  buttons: z.array(buttonSchema).max(5).default([]),
});

export const senderNumberSchema = z.strictObject({ number, approved: z.boolean().default(true) });

/** Modes that may be changed while it runs (protocol notes §16). */
export const modesSchema = z.strictObject({
  wrappedErrors: z.boolean().default(false).describe("SENS errors inside {error: …} instead of flat"),
  emptyAs404: z.boolean().default(true).describe("a list that matches nothing is an empty 404; false: an empty 200"),
  spelledDeleting: z.boolean().default(false).describe("DELETING_PERMANENTLY as SDKs write it"),
  outOfOrder: z.boolean().default(false).describe("entries of a 202 and of lists backwards"),
  extraFields: z.boolean().default(false).describe("unknown fields in every answer"),
  clockSkewMs: z.number().default(0).describe("the gateway's clock less this machine's; shown in Date"),
  dailyQuota: z.int().min(0).nullable().default(null).describe("messages a day; more are answered 429"),
  answerDelayMs: z.number().min(0).default(0),
  resetAfterStore: z.number().min(0).max(1).default(0).describe("share of sends that are stored and never answered"),
  resetBeforeStore: z.number().min(0).max(1).default(0).describe("share of sends that are cut off unread"),
  serverErrorAfterStore: z.number().min(0).max(1).default(0).describe("share of sends stored and answered 500"),
});

export const optionsSchema = z.strictObject({
  host: z.string().default("127.0.0.1"),
  port: z.int().min(0).max(65_535).default(0).describe("gateway; 0 = a free port"),
  adminPort: z.int().min(0).max(65_535).default(0).describe("admin API; 0 = a free port"),
  accessKey: z.string().min(1).default("TestAccessKey"),
  secretKey: z.string().min(1).default("TestSecretKey"),
  alimtalkServiceId: z.string().default("ncp:kkobizmsg:kr:100000000002:demo"),
  smsServiceId: z.string().default("ncp:sms:kr:100000000001:demo"),
  project: z.string().default("demo"),
  wrongService: z.enum(["401", "403"]).default("401").describe("answer where the key may not use the service"),
  strict: z.boolean().default(false).describe("400 to every field and value that the protocol does not have"),
  seed: z.int().default(1).describe("drives every random choice except ids"),
  timing: z
    .strictObject({
      resultMs: delay.default([1000, 5000]).describe("accepted → result"),
      listedAfterMs: z.number().min(0).default(300).describe("accepted → in lists"),
      failoverMs: delay.default([200, 1000]).describe("AlimTalk failed → SMS asked for"),
      smsMs: delay.default([500, 3000]).describe("SMS asked for → its result"),
      uncertainMs: z
        .number()
        .min(0)
        .default(72 * hourMs)
        .describe("3005 → success"),
    })
    .prefault({}),
  listDays: z.number().positive().default(30),
  magicNumbers: z.boolean().default(true).describe("the last four digits of a number choose its outcome"),
  maxBodyBytes: z.int().positive().default(2_097_152),
  channels: z
    .array(channelSchema)
    .default(() => [
      channelSchema.parse({ channelId: "@demo_shop", useSmsFailover: true, failoverTelNo: "0200000000" }),
    ]),
  templates: z.array(templateSchema).default(() => exampleTemplates.map((template) => templateSchema.parse(template))),
  senderNumbers: z.array(senderNumberSchema).default([{ number: "0200000000", approved: true }]),
  modes: modesSchema.prefault({}),
});

const exampleTemplates = [
  {
    channelId: "@demo_shop",
    templateCode: "ORDER01",
    templateName: "Shipping notice",
    content: "#{name}, your order #{orderNo} has been shipped.",
    buttons: [
      { order: 1, type: "DS", name: "Track parcel" },
      { order: 2, type: "WL", name: "Order page", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
    ],
  },
  {
    channelId: "@demo_shop",
    templateCode: "NOTICE01",
    templateName: "예약 안내",
    content: "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.",
  },
  {
    channelId: "@demo_shop",
    templateCode: "WAITING01",
    templateName: "검수 중",
    content: "#{고객명}님, 감사합니다.",
    templateInspectionStatus: "INSPECT",
    templateStatus: "READY",
  },
];

/** What a caller may pass to `startSensSimulator`; everything has a default. */
export type SensSimulatorOptions = z.input<typeof optionsSchema>;
export type SensSettings = z.output<typeof optionsSchema>;
export type Modes = z.output<typeof modesSchema>;
export type Channel = z.output<typeof channelSchema>;
export type Template = z.output<typeof templateSchema>;

/** @throws SimulatorOptionsError naming every option that is wrong, what is wrong with it and what is allowed. */
export function parseSensOptions(options: unknown): SensSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new SimulatorOptionsError(`simulator options are not usable:\n${listIssues(parsed.error)}`);
}
