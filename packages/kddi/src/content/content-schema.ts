import * as z from "zod";
import { dstSchema } from "../rcs-settings.ts";
import { rcsMessageSchema } from "./wire-schema.ts";

/*
 * What an author writes. The SMS part is `text` (or `sms`), the +Message part one of `file`, `audio`, `location`, `card`, `carousel` in short
 * names, or `rcs` in the wire's own. The words of an enumeration are taken in the wire's spelling too.
 */

const words = <Word extends string>(...short: Word[]) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.toLowerCase().replace(/_(?:width|height)$/, "") : value),
    z.enum(short as [Word, ...Word[]]),
  );

const bytes = z.int().min(1);
const thumbnail = { url: z.string(), mime: z.string(), size: bytes };
const fallbackUrl = z.string().optional();
const call = z.union([z.string(), z.strictObject({ phoneNumber: z.string(), fallbackUrl })]);
const on = z.literal(true);
const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);

const button = z.strictObject({
  label: z.string(),
  /** What the tap sends back; empty or absent is the reference to the message. */
  data: z.string().optional(),
  url: z.string().optional(),
  call: call.optional(),
  videoCall: call.optional(),
  enrichedCall: z.strictObject({ phoneNumber: z.string(), subject: z.string().optional(), fallbackUrl }).optional(),
  showLocation: z
    .strictObject({
      latitude: latitude.optional(),
      longitude: longitude.optional(),
      label: z.string().optional(),
      query: z.string().optional(),
      fallbackUrl,
    })
    .optional(),
  requestLocation: on.optional(),
  calendarEvent: z
    .strictObject({
      start: z.string(),
      end: z.string(),
      title: z.string(),
      description: z.string().optional(),
      fallbackUrl,
    })
    .optional(),
  composeText: z.strictObject({ phoneNumber: z.string(), text: z.string() }).optional(),
  composeRecording: z.strictObject({ phoneNumber: z.string(), type: words("audio", "video") }).optional(),
  requestDeviceSpecifics: on.optional(),
  disableAnonymization: on.optional(),
  enableDisplayedNotifications: on.optional(),
});

const card = {
  title: z.string().optional(),
  description: z.string().optional(),
  media: z
    .strictObject({
      url: z.string(),
      mime: z.string(),
      size: bytes,
      height: words("short", "medium", "tall"),
      description: z.string().optional(),
      thumbnail: z.strictObject(thumbnail).optional(),
    })
    .optional(),
  buttons: z.array(button).optional(),
};

const file = { url: z.string(), mime: z.string(), name: z.string(), size: bytes };

export const contentSchema = z.strictObject({
  mode: z.enum(["sms", "rcs", "sms-fallback"]).optional(),
  dst: dstSchema.optional(),
  text: z.string().optional(),
  smsNumber: z.string().optional(),
  sms: z.strictObject({ text: z.string(), smsNumber: z.string().optional() }).optional(),
  file: z
    .strictObject({ ...file, thumbnail: z.strictObject({ ...thumbnail, name: z.string() }).optional() })
    .optional(),
  audio: z.strictObject({ ...file, seconds: z.int().min(1).optional() }).optional(),
  location: z
    .strictObject({
      latitude,
      longitude,
      label: z.string().optional(),
      radius: z.number().gt(0).optional(),
      timestamp: z.string().optional(),
      expiry: z.string().optional(),
      timeOffsetMinutes: z.int().min(-720).max(840).optional(),
    })
    .optional(),
  card: z
    .strictObject({
      orientation: words("vertical", "horizontal").optional(),
      imageAlignment: words("left", "right").optional(),
      ...card,
    })
    .optional(),
  carousel: z.array(z.strictObject(card)).optional(),
  carouselWidth: words("small", "medium").optional(),
  chips: z.array(button).optional(),
  rcs: rcsMessageSchema.optional(),
  /** How long after sending +Message is to be revoked, e.g. `6h`. */
  expiresAfter: z.string().optional(),
  trafficType: z.enum(["advertisement", "payment", "premium", "subscription"]).optional(),
});

/** A content as its author wrote it, of the right shape. */
export type AuthoredContent = z.output<typeof contentSchema>;
export type AuthoredButton = z.output<typeof button>;
export type AuthoredCard = NonNullable<AuthoredContent["carousel"]>[number];
