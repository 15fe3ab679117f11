import * as z from "zod";

/** One carrier of the four, or all (guide §2.5). */
export const dstSchema = z.enum(["0", "1", "2", "3", "4"]);
export type Dst = z.output<typeof dstSchema>;

/**
 * What a +Message content may hold, with where the figure comes from in the protocol notes. Lengths are UTF-16 units: some servers count
 * characters, and the strictest of the three carriers decides.
 */
const limitDefaults = {
  text: [2_730, "UTF-16 units", "A plain text (§6.2)."],
  title: [200, "UTF-16 units", "A card's title (§6.6)."],
  description: [2_000, "UTF-16 units", "A card's description (§6.6)."],
  displayText: [25, "UTF-16 units", "A button's label (§6.7)."],
  postbackData: [2_048, "UTF-16 units", "A button's data, the reference included (§6.7)."],
  label: [200, "UTF-16 units", "The label of a location (§6.5)."],
  contentDescription: [200, "UTF-16 units", "What a screen reader says for a picture (§6.6)."],
  mapLabel: [100, "UTF-16 units", "The label of a map button's place (§6.7)."],
  query: [200, "UTF-16 units", "What a map button searches for (§6.7)."],
  subject: [60, "UTF-16 units", "The subject of an enriched call (§6.7)."],
  eventTitle: [100, "UTF-16 units", "The title of a calendar event (§6.7)."],
  eventDescription: [500, "UTF-16 units", "The description of a calendar event (§6.7)."],
  composeText: [100, "UTF-16 units", "The text a button puts into the composer (§6.7)."],
  buttons: [4, "buttons", "Buttons of one card (§6.6)."],
  chips: [11, "chips", "Chips under a message (§6.1)."],
  cards: [11, "cards", "Cards of a carousel (guide §3.7)."],
  cardsAdvised: [10, "cards", "More cards than this are warned of: other platforms take no more (§6.6)."],
  fileBytes: [100_000_000, "bytes", "A file (§6.8)."],
  imageBytesAdvised: [2_000_000, "bytes", "A larger image is warned of (§6.8)."],
  videoBytesAdvised: [10_000_000, "bytes", "A larger video or audio file is warned of (§6.8)."],
  thumbnailBytesAdvised: [100_000, "bytes", "A larger thumbnail is warned of (§6.8)."],
} as const satisfies Record<string, readonly [value: number, unit: string, description: string]>;

export type LimitName = keyof typeof limitDefaults;
export type RcsLimits = Readonly<Record<LimitName, number>>;

const limitNames = Object.keys(limitDefaults) as LimitName[];

const commonLimits = z
  .strictObject(
    Object.fromEntries(
      limitNames.map((name) => {
        const [value, unit, description] = limitDefaults[name];
        return [name, z.int().min(1).prefault(value).meta({ unit, description })];
      }),
    ) as Record<LimitName, z.ZodPrefault<z.ZodInt>>,
  )
  .prefault({});

const carrierLimits = (carrier: string) =>
  z
    .partialRecord(z.enum(limitNames as [LimitName, ...LimitName[]]), z.int().min(1))
    .prefault({})
    .describe(`Narrower limits of ${carrier}, by the names of \`common\`: they hold for its numbers and for dst 0.`);

const mimeTypes = (what: string, known: string[]) =>
  z
    .array(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/))
    .prefault(known)
    .describe(`MIME types taken for ${what} (protocol notes §6.8).`);

/** The settings of +Message that decide what a content may hold. Public: producers check by them. */
export const rcsSettings = z
  .strictObject({
    dst: dstSchema
      .prefault("0")
      .describe("`dst` of messages by +Message whose content names none (protocol notes §4.1)."),
    reference: z
      .boolean()
      .prefault(true)
      .describe(
        "Puts a reference to the message into every button's data that the author left empty: the only sure link from a tap to its message.",
      ),
    expiry: z
      .boolean()
      .prefault(false)
      .describe("Content may say when +Message is to be revoked. Whether KDDI honours it is not published."),
    trafficType: z
      .boolean()
      .prefault(false)
      .describe("Content may name a `trafficType`. Whether KDDI takes it is not published."),
    timeOffset: z
      .enum(["omit", "minutes", "hours"])
      .prefault("omit")
      .describe("Unit in which a location's time offset is sent: the guide's sample has hours, GSMA minutes."),
    limits: z
      .strictObject({
        common: commonLimits,
        au: carrierLimits("au"),
        docomo: carrierLimits("docomo"),
        softbank: carrierLimits("SoftBank"),
      })
      .prefault({}),
    mime: z
      .strictObject({
        image: mimeTypes("an image", ["image/jpeg", "image/png", "image/gif"]),
        video: mimeTypes("a video", ["video/mp4", "video/mpeg", "video/webm", "video/h263", "video/3gpp"]),
        audio: mimeTypes("an audio file", ["audio/mpeg", "audio/mp4", "audio/amr", "audio/aac"]),
        other: mimeTypes("any other file, e.g. `application/pdf`", []),
      })
      .prefault({}),
  })
  .prefault({});

export type RcsSettings = z.output<typeof rcsSettings>;

/** Every carrier that a `dst` may reach must take the content, so each limit is the least of theirs. */
export function limitsFor({ common, ...carriers }: RcsSettings["limits"], dst: Dst): RcsLimits {
  const reached = {
    "0": ["au", "docomo", "softbank"],
    "1": ["au"],
    "2": ["docomo"],
    "3": ["softbank"],
    "4": [],
  } as const;
  const all = [common, ...reached[dst].map((carrier) => carriers[carrier])];
  return Object.fromEntries(
    limitNames.map((name) => [name, Math.min(...all.map((limits) => limits[name] ?? Number.POSITIVE_INFINITY))]),
  ) as Record<LimitName, number>;
}
