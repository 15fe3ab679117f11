import { z } from "zod";
import { optionalText } from "./body-fields.ts";
import type { Entry } from "./messages.ts";
import type { Channel, SensSettings, Template } from "./options.ts";
import { type Refusal, sensError } from "./refusal.ts";
import { readReserveTime } from "./times.ts";

/** A whole send, checked. */
export interface SendRequest {
  readonly channel: Channel;
  readonly template: Template;
  readonly entries: readonly Entry[];
  readonly reserve: { readonly atMs: number; readonly timeZone: string } | null;
  readonly scheduleCode: string | null;
}

const text = z.string();
const row = z.looseObject({ title: text, description: text });
const buttonSchema = z.looseObject({
  type: z.enum(["DS", "WL", "AL", "BK", "MD", "AC"]),
  name: text.min(1).max(20),
  linkMobile: text.optional(),
  linkPc: text.optional(),
  schemeIos: text.optional(),
  schemeAndroid: text.optional(),
});
const messageSchema = z.looseObject({
  countryCode: text.regex(/^(?:\+?\d{1,3})?$/, "only digits").optional(),
  to: text.regex(/^\d{4,15}$/, "only digits"),
  content: text.min(1),
  title: text.optional(),
  headerContent: text.optional(),
  itemHighlight: row.optional(),
  item: z.looseObject({ list: z.array(row).min(2).max(10), summary: row.optional() }).optional(),
  buttons: z.array(buttonSchema).max(5).optional(),
  useSmsFailover: z.boolean().optional(),
  failoverConfig: z
    .looseObject({
      type: optionalText.pipe(z.enum(["SMS", "LMS"]).optional()),
      from: optionalText.pipe(text.regex(/^\d+$/, "only digits").optional()),
      subject: text.optional(),
      content: text.optional(),
    })
    .optional(),
});
const bodySchema = z.looseObject({
  plusFriendId: text.min(1),
  templateCode: text.min(1),
  messages: z.array(messageSchema).min(1).max(100),
  reserveTime: optionalText,
  reserveTimeZone: optionalText,
  scheduleCode: optionalText,
});

const leastAheadMs = 10 * 60_000;
const mostAheadMs = 180 * 86_400_000;

/** Protocol notes §5.3: what makes the whole request a 400, in that order. Nothing of it is stored then. */
export function readSendBody(
  json: unknown,
  known: { channels: readonly Channel[]; templates: readonly Template[] },
  { strict, nowMs }: { strict: SensSettings["strict"]; nowMs: number },
): { readonly request: SendRequest } | { readonly refusal: Refusal } {
  const refuse = (...errors: string[]) => ({ refusal: sensError(400, ...errors) });
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return refuse(...parsed.error.issues.slice(0, 20).map(errorText));
  const {
    plusFriendId,
    templateCode,
    messages,
    reserveTime,
    reserveTimeZone = "Asia/Seoul",
    scheduleCode,
  } = parsed.data;
  const linkErrors = messages.flatMap((message, index) =>
    linkFaults(message.buttons ?? [], `messages[${index}].buttons`),
  );
  if (linkErrors.length > 0) return refuse(...linkErrors);
  if (strict) {
    const unknown = unknownFields(parsed.data);
    if (unknown.length > 0) return refuse(...unknown.map((path) => `${path}: unknown field`));
  }
  const channel = known.channels.find(({ channelId }) => channelId === plusFriendId);
  if (channel === undefined) return refuse("Invalid plusFriendId");
  if (channel.channelStatus !== "ACTIVE" || channel.isBlock) return refuse("plusFriendId is not ACTIVE");
  const template = known.templates.find(
    (each) => each.channelId === plusFriendId && each.templateCode === templateCode,
  );
  if (template === undefined) return refuse("Invalid templateCode");

  let reserve: SendRequest["reserve"] = null;
  if (reserveTime !== undefined) {
    const atMs = readReserveTime(reserveTime, reserveTimeZone);
    if (atMs === undefined) return refuse("Invalid reserveTime or reserveTimeZone");
    if (atMs - nowMs < leastAheadMs) return refuse("reserveTime must be at least 10 minutes ahead");
    if (atMs - nowMs > mostAheadMs) return refuse("reserveTime must be at most 180 days ahead");
    reserve = { atMs, timeZone: reserveTimeZone };
  }
  const entries = messages.map((message): Entry => {
    const { failoverConfig = {}, buttons = [] } = message;
    const code = (message.countryCode ?? "").replace("+", "");
    return {
      countryCode: code === "" ? "82" : code,
      to: message.to,
      content: message.content,
      ...(message.title === undefined ? {} : { title: message.title }),
      ...(message.headerContent === undefined ? {} : { headerContent: message.headerContent }),
      ...(message.item?.summary === undefined ? {} : { summaryDescription: message.item.summary.description }),
      buttons,
      useSmsFailover: message.useSmsFailover ?? channel.useSmsFailover,
      failoverConfig,
    };
  });
  return { request: { channel, template, entries, reserve, scheduleCode: scheduleCode ?? null } };
}

function errorText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return `${path.replace(/^\./, "") || "body"}: ${issue.message}`;
}

/** WL and AL have both their links, and a web link begins with its scheme. */
function linkFaults(buttons: readonly z.output<typeof buttonSchema>[], path: string): string[] {
  return buttons.flatMap((button, index) => {
    const needed =
      button.type === "WL"
        ? (["linkMobile", "linkPc"] as const)
        : button.type === "AL"
          ? (["schemeIos", "schemeAndroid"] as const)
          : [];
    return needed.flatMap((link) => {
      const address = button[link];
      if (address === undefined || address === "") return [`${path}[${index}].${link}: required for ${button.type}`];
      if (button.type === "WL" && !/^https?:\/\/\S/.test(address))
        return [`${path}[${index}].${link}: must begin with http:// or https://`];
      return [];
    });
  });
}

const fields = {
  body: ["plusFriendId", "templateCode", "messages", "reserveTime", "reserveTimeZone", "scheduleCode"],
  message: Object.keys(messageSchema.shape),
  button: Object.keys(buttonSchema.shape),
  failover: ["type", "from", "subject", "content"],
};

/** Fields that the protocol does not have; in strict mode each is a fault, e.g. `linkPC`. */
function unknownFields(body: z.output<typeof bodySchema>): string[] {
  const others = (value: object, known: readonly string[], path: string) =>
    Object.keys(value).flatMap((key) => (known.includes(key) ? [] : [`${path}${key}`]));
  return [
    ...others(body, fields.body, ""),
    ...body.messages.flatMap((message, index) => {
      const path = `messages[${index}].`;
      return [
        ...others(message, fields.message, path),
        ...(message.buttons ?? []).flatMap((button, nth) => others(button, fields.button, `${path}buttons[${nth}].`)),
        ...others(message.failoverConfig ?? {}, fields.failover, `${path}failoverConfig.`),
      ];
    }),
  ];
}
