import * as z from "zod";

/*
 * The content of +Message with the wire's own names (protocol notes §6): the shapes only. Lengths, counts and what may stand together are
 * the affair of the build, which knows the route's limits. A field that is not listed here is not sent.
 */

const bytes = z.int().min(1);
const empty = z.strictObject({});

const file = {
  fileUrl: z.string(),
  fileName: z.string(),
  fileMIMEType: z.string(),
  fileSize: bytes,
};

const fileMessage = z.strictObject({
  ...file,
  thumbnailUrl: z.string().optional(),
  thumbnailFileName: z.string().optional(),
  thumbnailMIMEType: z.string().optional(),
  thumbnailFileSize: bytes.optional(),
});

const audioMessage = z.strictObject({ ...file, playingLength: z.int().min(1).optional() });

const geolocationPushMessage = z.strictObject({
  pos: z.string(),
  label: z.string().optional(),
  timestamp: z.string().optional(),
  expiry: z.string().optional(),
  timeOffset: z.int().optional(),
  radius: z.number().gt(0).optional(),
});

const fallbackUrl = z.string().optional();
const call = { phoneNumber: z.string(), fallbackUrl };

/** Every action of a button (protocol notes §6.7). Which one it is, and that it is one, is checked by the build. */
const action = z.strictObject({
  displayText: z.string(),
  postback: z.strictObject({ data: z.string() }).optional(),
  urlAction: z.strictObject({ openUrl: z.strictObject({ url: z.string() }) }).optional(),
  dialerAction: z
    .strictObject({
      dialPhoneNumber: z.strictObject(call).optional(),
      dialEnrichedCall: z.strictObject({ ...call, subject: z.string().optional() }).optional(),
      dialVideoCall: z.strictObject(call).optional(),
    })
    .optional(),
  mapAction: z
    .strictObject({
      showLocation: z
        .strictObject({
          location: z.strictObject({
            latitude: z.number().min(-90).max(90).optional(),
            longitude: z.number().min(-180).max(180).optional(),
            label: z.string().optional(),
            query: z.string().optional(),
          }),
          fallbackUrl,
        })
        .optional(),
      requestLocationPush: empty.optional(),
    })
    .optional(),
  calendarAction: z
    .strictObject({
      createCalendarEvent: z.strictObject({
        startTime: z.string(),
        endTime: z.string(),
        title: z.string(),
        description: z.string().optional(),
        fallbackUrl,
      }),
    })
    .optional(),
  composeAction: z
    .strictObject({
      composeTextMessage: z.strictObject({ phoneNumber: z.string(), text: z.string() }).optional(),
      composeRecordingMessage: z.strictObject({ phoneNumber: z.string(), type: z.enum(["AUDIO", "VIDEO"]) }).optional(),
    })
    .optional(),
  deviceAction: z.strictObject({ requestDeviceSpecifics: empty }).optional(),
  settingsAction: z
    .strictObject({ disableAnonymization: empty.optional(), enableDisplayedNotifications: empty.optional() })
    .optional(),
});

const suggestion = z.strictObject({
  reply: z
    .strictObject({ displayText: z.string(), postback: z.strictObject({ data: z.string() }).optional() })
    .optional(),
  action: action.optional(),
});

const card = z.strictObject({
  media: z
    .strictObject({
      mediaUrl: z.string(),
      mediaContentType: z.string(),
      mediaFileSize: bytes,
      height: z.enum(["SHORT_HEIGHT", "MEDIUM_HEIGHT", "TALL_HEIGHT"]),
      thumbnailUrl: z.string().optional(),
      thumbnailContentType: z.string().optional(),
      thumbnailFileSize: bytes.optional(),
      contentDescription: z.string().optional(),
    })
    .optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  suggestions: z.array(suggestion).optional(),
});

const cardWidth = z.enum(["SMALL_WIDTH", "MEDIUM_WIDTH"]);

const generalPurposeCard = z.strictObject({
  layout: z.strictObject({
    cardOrientation: z.enum(["VERTICAL", "HORIZONTAL"]),
    imageAlignment: z.enum(["LEFT", "RIGHT"]).optional(),
    // In the guide's sample (§3.6) and not in GSMA: read, never sent.
    cardWidth: cardWidth.optional(),
  }),
  content: card,
});

const generalPurposeCardCarousel = z.strictObject({
  layout: z.strictObject({ cardWidth }),
  content: z.array(card),
});

export const rcsMessageSchema = z.strictObject({
  textMessage: z.string().optional(),
  fileMessage: fileMessage.optional(),
  audioMessage: audioMessage.optional(),
  geolocationPushMessage: geolocationPushMessage.optional(),
  richcardMessage: z
    .strictObject({
      message: z.strictObject({
        generalPurposeCard: generalPurposeCard.optional(),
        generalPurposeCardCarousel: generalPurposeCardCarousel.optional(),
      }),
    })
    .optional(),
  suggestedChipList: z.strictObject({ suggestions: z.array(suggestion) }).optional(),
  expiry: z.string().optional(),
  trafficType: z.enum(["advertisement", "payment", "premium", "subscription"]).optional(),
});

export type RcsMessage = z.output<typeof rcsMessageSchema>;
export type FileMessage = z.output<typeof fileMessage>;
export type AudioMessage = z.output<typeof audioMessage>;
export type GeolocationMessage = z.output<typeof geolocationPushMessage>;
export type CardContent = z.output<typeof card>;
export type CardMedia = NonNullable<CardContent["media"]>;
export type StandaloneCard = z.output<typeof generalPurposeCard>;
export type CardCarousel = z.output<typeof generalPurposeCardCarousel>;
export type Suggestion = z.output<typeof suggestion>;
export type SuggestedAction = z.output<typeof action>;
