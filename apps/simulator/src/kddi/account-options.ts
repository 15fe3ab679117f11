import { z } from "zod";

const segment = z.string().regex(/^[^/?#\s]+$/, "must be one path segment: no slash, question mark, hash or space");
const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const smsNumber = z.string().regex(/^\d{4,15}$/, "must be 4 to 15 digits, without + and hyphens");
const token = z
  .string()
  .regex(/^(?:Bearer )?\S+$/, "must be a token, with or without Bearer before it")
  .transform((value) => value.replace(/^Bearer /, ""))
  .refine((value) => value !== "smsonly", { error: "smsonly is the fixed value of SMS, no token" });

/** The three carriers' tokens (guide §3.2); Rakuten has none, because it is SMS only. */
const tokensSchema = z.strictObject({ au: token, docomo: token, softbank: token });

/** What the account notice would state (guide §1.1, §1.3), and the URLs that were registered with the application form. */
export const accountSchema = z.strictObject({
  aggid: segment.default("au"),
  botId: segment,
  user: z
    .string()
    .min(1)
    .regex(/^[^:]*$/, "must not contain a colon: Basic authentication could not carry it"),
  password: z.string().min(1),
  /** Absent or `smsonly`: an account for SMS alone, which every other token than the fixed one fails with. */
  tokens: z.union([z.literal("smsonly"), tokensSchema]).default("smsonly"),
  smsNumbers: z.array(smsNumber).min(1),
  /**
   * Numbers a user can answer by SMS (共通番号, guide §2.4): those ordered with the two-way option. Absent: all of
   * `smsNumbers`; empty: the option was not ordered.
   */
  sharedNumbers: z.array(smsNumber).optional(),
  tps: z.int().min(1).max(100_000).default(10),
  concurrency: z.int().min(1).default(10),
  webhookUrl: url.optional(),
  /** Absent: the SMS result notification was not ordered; only the status API answers. */
  smsResultUrl: url.optional(),
  /** Absent: SMS-MO goes to `smsResultUrl`. */
  moUrl: url.optional(),
});
export type AccountOptions = z.output<typeof accountSchema>;

/** What may change while the simulator runs; `null` takes a URL away. */
export const accountPatchSchema = z.strictObject({
  tps: z.int().min(1).max(100_000).optional(),
  concurrency: z.int().min(1).optional(),
  webhookUrl: url.nullish(),
  smsResultUrl: url.nullish(),
  moUrl: url.nullish(),
});
export type AccountPatch = z.output<typeof accountPatchSchema>;

/** The account used when none is given. */
export const exampleAccount = {
  aggid: "au",
  botId: "bot_0001",
  user: "testUser",
  password: "password",
  tokens: { au: "au-token", docomo: "docomo-token", softbank: "softbank-token" },
  smsNumbers: ["0312345678"],
} as const;
