import { defaultSmsLimits, type SmsLimits, segmentCount } from "@hikyaku/core";
import { isPlusPayload, type KddiPayload } from "./content/payload.ts";
import type { CardContent, RcsMessage, Suggestion } from "./content/wire-schema.ts";
import { referenceMark } from "./reference.ts";

/** A rendered message as its reader sees it, drawn by nobody yet. */
export interface MessagePreview {
  /** `sms-fallback`: who has the app sees `plus`, everybody else `sms`. */
  mode: "sms" | "rcs" | "sms-fallback";
  plus: PlusPreview | null;
  sms: SmsPreview | null;
}

export interface SmsPreview {
  sender: string;
  text: string;
  /** UTF-16 units, as the carrier counts. */
  units: number;
  segments: number;
}

export interface PlusPreview {
  bubble: Bubble;
  /** Buttons under the message. */
  chips: readonly PreviewButton[];
}

export type Bubble =
  | { kind: "text"; text: string }
  | { kind: "file"; name: string; mime: string; size: number; url: string; thumbnailUrl: string | null }
  | { kind: "audio"; name: string; mime: string; size: number; url: string; seconds: number | null }
  | { kind: "location"; position: string; label: string | null; radius: number | null }
  | { kind: "card"; layout: "vertical" | "left" | "right"; card: PreviewCard }
  | { kind: "carousel"; width: "small" | "medium"; cards: readonly PreviewCard[] };

export interface PreviewCard {
  media: PreviewMedia | null;
  title: string | null;
  description: string | null;
  buttons: readonly PreviewButton[];
}

export interface PreviewMedia {
  url: string;
  mime: string;
  height: "short" | "medium" | "tall";
  thumbnailUrl: string | null;
  description: string | null;
}

export interface PreviewButton {
  label: string;
  /** `reply` for one that only answers. */
  action: ButtonAction;
  /** Where it leads: the URL, number, place or time; null when that is the reader's own device. */
  target: string | null;
}

export type ButtonAction =
  | "reply"
  | "url"
  | "call"
  | "video-call"
  | "map"
  | "share-location"
  | "calendar"
  | "compose"
  | "record"
  | "device"
  | "setting";

/** What a rendered payload of this provider looks like. The message's reference, which exists only when it is sent, reads `…`. */
export function previewOf(payload: KddiPayload, limits: SmsLimits = defaultSmsLimits): MessagePreview {
  if (!isPlusPayload(payload)) return { mode: "sms", plus: null, sms: smsPreview(payload, limits) };
  return {
    mode: payload.mode === "0" ? "sms-fallback" : "rcs",
    plus: plusPreview(payload.rcs),
    sms: payload.sms === null ? null : smsPreview(payload.sms, limits),
  };
}

function smsPreview({ text, smsNumber }: { text: string; smsNumber: string }, limits: SmsLimits): SmsPreview {
  return { sender: smsNumber, text, units: text.length, segments: segmentCount(text.length, limits) ?? 0 };
}

function plusPreview(rcs: RcsMessage): PlusPreview {
  return { bubble: bubbleOf(rcs), chips: (rcs.suggestedChipList?.suggestions ?? []).map(buttonOf) };
}

function bubbleOf({
  textMessage,
  fileMessage,
  audioMessage,
  geolocationPushMessage: place,
  richcardMessage,
}: RcsMessage): Bubble {
  if (fileMessage !== undefined) {
    const { fileName: name, fileMIMEType: mime, fileSize: size, fileUrl, thumbnailUrl } = fileMessage;
    return { kind: "file", name, mime, size, url: shown(fileUrl), thumbnailUrl: shownOrNull(thumbnailUrl) };
  }
  if (audioMessage !== undefined) {
    const { fileName: name, fileMIMEType: mime, fileSize: size, fileUrl, playingLength = null } = audioMessage;
    return { kind: "audio", name, mime, size, url: shown(fileUrl), seconds: playingLength };
  }
  if (place !== undefined) {
    return { kind: "location", position: place.pos, label: place.label ?? null, radius: place.radius ?? null };
  }
  const { generalPurposeCard: card, generalPurposeCardCarousel: carousel } = richcardMessage?.message ?? {};
  if (card !== undefined) {
    const { cardOrientation, imageAlignment } = card.layout;
    const layout = cardOrientation === "VERTICAL" ? "vertical" : imageAlignment === "RIGHT" ? "right" : "left";
    return { kind: "card", layout, card: cardOf(card.content) };
  }
  if (carousel !== undefined) {
    const width = carousel.layout.cardWidth === "SMALL_WIDTH" ? "small" : "medium";
    return { kind: "carousel", width, cards: carousel.content.map(cardOf) };
  }
  return { kind: "text", text: textMessage ?? "" };
}

const heights = { SHORT_HEIGHT: "short", MEDIUM_HEIGHT: "medium", TALL_HEIGHT: "tall" } as const;

function cardOf({ media, title, description, suggestions = [] }: CardContent): PreviewCard {
  return {
    title: title ?? null,
    description: description ?? null,
    media:
      media === undefined
        ? null
        : {
            url: shown(media.mediaUrl),
            mime: media.mediaContentType,
            height: heights[media.height],
            thumbnailUrl: shownOrNull(media.thumbnailUrl),
            description: media.contentDescription ?? null,
          },
    buttons: suggestions.map(buttonOf),
  };
}

function buttonOf({ reply, action }: Suggestion): PreviewButton {
  if (action === undefined) return { label: reply?.displayText ?? "", action: "reply", target: null };
  const [kind, target] = actionOf(action);
  return { label: action.displayText, action: kind, target: shownOrNull(target) };
}

function actionOf(action: NonNullable<Suggestion["action"]>): [ButtonAction, string | undefined] {
  const { urlAction, dialerAction, mapAction, calendarAction, composeAction, deviceAction } = action;
  if (urlAction !== undefined) return ["url", urlAction.openUrl.url];
  const call = dialerAction?.dialPhoneNumber ?? dialerAction?.dialEnrichedCall;
  if (call !== undefined) return ["call", call.phoneNumber];
  if (dialerAction?.dialVideoCall !== undefined) return ["video-call", dialerAction.dialVideoCall.phoneNumber];
  if (mapAction?.showLocation !== undefined) {
    const { latitude, longitude, label, query } = mapAction.showLocation.location;
    return ["map", query ?? label ?? `${latitude} ${longitude}`];
  }
  if (mapAction !== undefined) return ["share-location", undefined];
  if (calendarAction !== undefined) {
    const { startTime, endTime, title } = calendarAction.createCalendarEvent;
    return ["calendar", `${title} (${startTime} – ${endTime})`];
  }
  const { composeTextMessage: message, composeRecordingMessage: recording } = composeAction ?? {};
  if (message !== undefined) return ["compose", `${message.phoneNumber}: ${message.text}`];
  if (recording !== undefined) return ["record", recording.phoneNumber];
  return [deviceAction === undefined ? "setting" : "device", undefined];
}

function shown(text: string): string {
  return text.replaceAll(referenceMark, "…");
}

function shownOrNull(text: string | undefined): string | null {
  return text === undefined ? null : shown(text);
}
