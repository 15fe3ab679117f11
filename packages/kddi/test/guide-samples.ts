import { createReference } from "../src/reference.ts";

/** The recipient of all samples: masked in the guide, this one where it forgot to (protocol notes §14). */
export const recipient = "+818000000000";
const contact = { messageContact: { userContact: recipient } };

/** The sender number of the guide's samples. */
export const smsNumber = "0123456789";

const messageId = "0198f2c4-7a10-7c3e-9b1d-0123456789ab";
const reference = createReference(messageId);

/** The media of the guide's samples, whose hosts are masked there. */
const heart = "https://cdn.example.jp/lena_heart.PNG";
const hello = "https://cdn.example.jp/lena_hello.PNG";
const staticMap =
  "https://maps.googleapis.com/maps/api/staticmap?center=35.690223698458645,139.69993829727173&zoom=14&size=450x250&maptype=roadmap&markers=color:red%7C35.690223698458645,139.69993829727173";

export interface Sample {
  /** Section of the guide. */
  section: string;
  mode: "0" | "1" | "2";
  /** As a person writes it. */
  short: Record<string, unknown>;
  /** With the wire's own names; undefined where there is no other way to write it. */
  wire?: Record<string, unknown>;
  /** The guide's JSON, repaired as the numbered rows of protocol notes §16 say. */
  body: unknown;
  warnings?: string[];
}

const file = {
  fileMIMEType: "image/jpeg",
  fileName: "lena_hello",
  fileSize: 81280,
  fileUrl: "https://cdn.example.jp/lena_pc.jpg",
  thumbnailFileName: "lena_hello_thumbnail",
  thumbnailFileSize: 95315,
  thumbnailMIMEType: "image/png",
  thumbnailUrl: "https://cdn.example.jp/lena_panic.PNG",
};

const location = {
  expiry: "2018-08-03T17:18:24.890Z",
  label: "日本、〒160-0022 東京都新宿区新宿3丁目",
  pos: "35.69031083620263 139.70062494277954",
  radius: 1000.1,
  timestamp: "2018-08-03T17:15:24.890Z",
};

const cardMedia = {
  contentDescription: "コンテンツ 1 の説明",
  height: "SHORT_HEIGHT",
  mediaContentType: "image/jpeg",
  mediaFileSize: 76188,
  mediaUrl: heart,
  thumbnailContentType: "image/jpeg",
  thumbnailFileSize: 95315,
  thumbnailUrl: hello,
};

const firstCard = {
  description: "Carouselコンテンツ1の説明",
  title: "Carouselコンテンツ1タイトル",
  media: {
    contentDescription: "コンテンツ1の説明",
    height: "TALL_HEIGHT",
    mediaContentType: "image/png",
    mediaFileSize: 37609,
    mediaUrl: staticMap,
    thumbnailContentType: "image/png",
    thumbnailFileSize: 95315,
    thumbnailUrl: hello,
  },
  suggestions: [
    {
      action: {
        displayText: "イベントサイトを見る(urlAction)",
        postback: { data: "データ(postback.data)" },
        urlAction: { openUrl: { url: "http://www.kddi.com/" } },
      },
    },
    {
      action: {
        displayText: "(deviceAction)",
        postback: { data: "データ(postback.data)" },
        deviceAction: { requestDeviceSpecifics: {} },
      },
    },
  ],
};

const thirdCard = {
  description: "Carouselコンテンツ3の説明",
  title: "Carouselコンテンツ3タイトル",
  media: {
    contentDescription: "コンテンツ3の説明",
    height: "TALL_HEIGHT",
    mediaContentType: "image/png",
    mediaFileSize: 95315,
    mediaUrl: hello,
    thumbnailContentType: "image/png",
    thumbnailFileSize: 76188,
    thumbnailUrl: heart,
  },
};

/** Sections 3.1 to 3.7, repaired. */
const samples: Sample[] = [
  {
    section: "§3.1 SMS",
    mode: "2",
    short: { text: "これは、SMSテストメッセージです" },
    // 22: RCSMessage is left out.
    body: {
      message: contact,
      smsmessage: {
        smsNumber: "0123456789",
        smsText: "これは、SMSテストメッセージです",
        smsTextEnc: "MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ==",
      },
      dst: "0",
    },
  },
  {
    section: "§3.2 text",
    mode: "1",
    short: { mode: "rcs", text: "これはテキストメッセージです" },
    wire: { rcs: { textMessage: "これはテキストメッセージです" } },
    body: { message: { RCSMessage: { textMessage: "これはテキストメッセージです" }, ...contact }, dst: "0" },
  },
  {
    section: "§3.3 fallback",
    mode: "0",
    short: { text: "これは、テキストメッセージです", sms: { text: "これは、SMSメッセージです" } },
    wire: { rcs: { textMessage: "これは、テキストメッセージです" }, text: "これは、SMSメッセージです" },
    // 18: the remark in the JSON is gone, the damaged smsTextEnc is the computed one.
    body: {
      message: { RCSMessage: { textMessage: "これは、テキストメッセージです" }, ...contact },
      smsmessage: {
        smsNumber: "0123456789",
        smsText: "これは、SMSメッセージです",
        smsTextEnc: "MFMwjDBvMAEAUwBNAFMw4TDDMLsw/DC4MGcwWQ==",
      },
      dst: "0",
    },
  },
  {
    section: "§3.4 media file",
    mode: "1",
    short: {
      dst: "1",
      file: {
        url: file.fileUrl,
        mime: file.fileMIMEType,
        name: file.fileName,
        size: file.fileSize,
        thumbnail: {
          url: file.thumbnailUrl,
          mime: file.thumbnailMIMEType,
          name: file.thumbnailFileName,
          size: file.thumbnailFileSize,
        },
      },
    },
    wire: { dst: "1", rcs: { fileMessage: file } },
    body: { message: { RCSMessage: { fileMessage: file }, ...contact }, dst: "1" },
  },
  {
    section: "§3.5 location",
    mode: "1",
    short: {
      location: {
        latitude: 35.69031083620263,
        longitude: 139.70062494277954,
        label: location.label,
        radius: 1000.1,
        timestamp: location.timestamp,
        expiry: location.expiry,
        timeOffsetMinutes: 540,
      },
    },
    wire: { rcs: { geolocationPushMessage: { ...location, timeOffset: 9 } } },
    // 3: one brace too many; 4: dst at the root; 12: timeOffset left out.
    body: { message: { RCSMessage: { geolocationPushMessage: location }, ...contact }, dst: "0" },
    warnings: ["rcs-time-offset-left-out"],
  },
  {
    section: "§3.6 card",
    mode: "1",
    short: {
      card: {
        orientation: "horizontal",
        imageAlignment: "left",
        title: "Carouselコンテンツタイトル",
        description: "PurposeCardコンテンツの説明",
        media: {
          url: heart,
          mime: "image/jpeg",
          size: 76188,
          height: "short",
          description: "コンテンツ 1 の説明",
          thumbnail: { url: hello, mime: "image/jpeg", size: 95315 },
        },
        buttons: [{ label: "test" }],
      },
    },
    wire: {
      rcs: {
        richcardMessage: {
          message: {
            generalPurposeCard: {
              layout: { cardOrientation: "HORIZONTAL", cardWidth: "SMALL_WIDTH", imageAlignment: "LEFT" },
              content: {
                description: "PurposeCardコンテンツの説明",
                title: "Carouselコンテンツタイトル",
                media: cardMedia,
                suggestions: [{ reply: { displayText: "test", postback: { data: "" } } }],
              },
            },
          },
        },
      },
    },
    // 3: contact inside message; 5: dst; 10: no cardWidth; 13: a reference in the data.
    body: {
      message: {
        RCSMessage: {
          richcardMessage: {
            message: {
              generalPurposeCard: {
                layout: { cardOrientation: "HORIZONTAL", imageAlignment: "LEFT" },
                content: {
                  description: "PurposeCardコンテンツの説明",
                  title: "Carouselコンテンツタイトル",
                  media: cardMedia,
                  suggestions: [{ reply: { displayText: "test", postback: { data: `${reference}.button1` } } }],
                },
              },
            },
          },
        },
        ...contact,
      },
      dst: "0",
    },
  },
  {
    section: "§3.7 carousel",
    mode: "1",
    short: {
      carouselWidth: "small",
      carousel: [
        {
          title: firstCard.title,
          description: firstCard.description,
          media: {
            url: staticMap,
            mime: "image/png",
            size: 37609,
            height: "tall",
            description: "コンテンツ1の説明",
            thumbnail: { url: hello, mime: "image/png", size: 95315 },
          },
          buttons: [
            { label: "イベントサイトを見る(urlAction)", data: "データ(postback.data)", url: "http://www.kddi.com/" },
            { label: "(deviceAction)", data: "データ(postback.data)", requestDeviceSpecifics: true },
          ],
        },
        {
          title: thirdCard.title,
          description: thirdCard.description,
          media: {
            url: hello,
            mime: "image/png",
            size: 95315,
            height: "tall",
            description: "コンテンツ3の説明",
            thumbnail: { url: heart, mime: "image/png", size: 76188 },
          },
        },
      ],
    },
    wire: {
      rcs: {
        richcardMessage: {
          message: {
            generalPurposeCardCarousel: { layout: { cardWidth: "SMALL_WIDTH" }, content: [firstCard, thirdCard] },
          },
        },
      },
    },
    // 6: dst at the root; 7: urlAction inside action; 8: suggestions and layout in their places; 9: our host and headers.
    body: {
      message: {
        RCSMessage: {
          richcardMessage: {
            message: {
              generalPurposeCardCarousel: { layout: { cardWidth: "SMALL_WIDTH" }, content: [firstCard, thirdCard] },
            },
          },
        },
        ...contact,
      },
      dst: "0",
    },
    // 11: what the sample does and GSMA forbids is warned of.
    warnings: ["rcs-no-reference", "rcs-no-reference", "rcs-small-and-tall", "rcs-small-and-tall"],
  },
];

/** Each sample in both ways in which it can be written. */
export const written = samples.flatMap(({ short, wire, ...sample }) => [
  { ...sample, names: "short names", content: short },
  ...(wire === undefined ? [] : [{ ...sample, names: "the wire's names", content: wire }]),
]);

/** What goes over the wire for the message of this id: the reference to it stands in the buttons that have no data of their own. */
export function bodyOf({ body }: Pick<Sample, "body">, id: string): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(reference, createReference(id)));
}

/** The headers of every sample, by its mode, with the tokens of the tests (guide §3.1, §3.2, reference pages). */
export function headersOf({ mode }: Pick<Sample, "mode">): Record<string, string> {
  const token = (own: string) => (mode === "2" ? "Bearer smsonly" : `Bearer ${own}`);
  return {
    "x-plusmsg-mkn-authorization": token("au-token"),
    "x-plusmsg-tmt-authorization": token("docomo-token"),
    "x-plusmsg-gmp-authorization": token("softbank-token"),
    "x-fallback": mode,
    "content-type": "application/json",
  };
}
