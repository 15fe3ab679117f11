import { isObject, type Json } from "../../kddi/rcs-content/fields.ts";
import { cardsOf, layoutOf, objectAt, type Suggestion, suggestionsOf } from "../../kddi/rcs-content/suggestions-of.ts";
import { type Html, html } from "./html.ts";
import { icons } from "./icons.ts";
import { linked } from "./sms-text.ts";
import { clockTime, dayOf, readableSize } from "./words.ts";

/** How a button of the message is tapped: attributes for it. */
export type TapOf = (place: number) => Html;

/** What a +Message shows (protocol notes §6), as the app draws it. */
export function richContent(content: Json, tapOf: TapOf): Html {
  if (typeof content.textMessage === "string") return html`<p class="bubble">${linked(content.textMessage)}</p>`;
  if (isObject(content.fileMessage)) return file(content.fileMessage);
  if (isObject(content.audioMessage)) return sound(content.audioMessage);
  if (isObject(content.geolocationPushMessage)) return place(content.geolocationPushMessage);
  const cards = cardsOf(content);
  if (cards.length === 0) return html`<p class="bubble soft">（表示できない内容です）</p>`;
  const buttons = suggestionsOf(content);
  const layout = layoutOf(content);
  if (!("cardOrientation" in layout)) {
    const width = layout.cardWidth === "SMALL_WIDTH" ? "narrow" : "wide";
    const drawn = cards.map((each, index) => card(each, index, buttons, width, tapOf));
    return html`<div class="carousel" tabindex="0" aria-label="カルーセル ${cards.length} 枚" data-keep-scroll>${drawn}</div>`;
  }
  const side = layout.imageAlignment === "RIGHT" ? "side right" : "side";
  return html`${cards.map((each) => card(each, 0, buttons, layout.cardOrientation === "HORIZONTAL" ? side : "", tapOf))}`;
}

/** The chips below a message. */
export function chips(content: Json, tapOf: TapOf): Html | null {
  const buttons = suggestionsOf(content);
  const below = buttons.flatMap((button, index) =>
    button.card === undefined
      ? [
          html`<button class="chip" ${tapOf(index)} title="${hintOf(button)}">${iconOf(button)}${button.displayText}</button>`,
        ]
      : [],
  );
  return below.length === 0 ? null : html`<div class="chips">${below}</div>`;
}

function card(shown: Json, index: number, buttons: readonly Suggestion[], shape: string, tapOf: TapOf): Html {
  const own = buttons.flatMap((button, position) =>
    button.card === index
      ? [html`<button ${tapOf(position)} title="${hintOf(button)}">${iconOf(button)}${button.displayText}</button>`]
      : [],
  );
  const texts = html`${typeof shown.title === "string" && html`<h4>${shown.title}</h4>`}${
    typeof shown.description === "string" && html`<p>${linked(shown.description)}</p>`
  }`;
  return html`<article class="card ${shape}"><div class="top">${
    isObject(shown.media) && cardMedia(shown.media)
  }${texts.text !== "" && html`<div class="words">${texts}</div>`}</div>${own.length > 0 && html`<div class="buttons">${own}</div>`}</article>`;
}

const heights: Readonly<Record<string, string>> = {
  SHORT_HEIGHT: "short",
  MEDIUM_HEIGHT: "medium",
  TALL_HEIGHT: "tall",
};

function cardMedia(media: Json): Html {
  const shown = picture({
    url: media.mediaUrl,
    type: media.mediaContentType,
    thumbnail: media.thumbnailUrl,
    description: media.contentDescription,
  });
  return html`<div class="media ${heights[String(media.height)]}">${shown}</div>`;
}

function file(shown: Json): Html {
  const { fileUrl, fileMIMEType, fileName, fileSize, thumbnailUrl } = shown;
  const type = String(fileMIMEType ?? "");
  if (type.startsWith("audio/")) return sound(shown);
  const name = String(fileName ?? fileUrl);
  const seen = picture({ url: fileUrl, type, thumbnail: thumbnailUrl, description: name });
  return html`<figure class="bubble file"><div class="media">${seen}</div><figcaption>${name}<small>${type} ${readableSize(fileSize)}</small></figcaption></figure>`;
}

function sound({ fileUrl, fileName, fileMIMEType, fileSize, playingLength }: Json): Html {
  const seconds = typeof playingLength === "number" && `${playingLength} 秒`;
  return html`<figure class="bubble sound">${icons.sound}<figcaption>${String(fileName ?? fileUrl)}<small>${String(fileMIMEType ?? "")} ${readableSize(fileSize)} ${seconds}</small><audio controls preload="none" src="${webUrl(fileUrl)}"></audio></figcaption></figure>`;
}

/** Drawn by ourselves: a page of a simulator must not ask a map service where its users are. */
export function place({ pos, label, radius, timestamp, expiry }: Json): Html {
  const until = typeof expiry === "string" && `${dayOf(expiry)} ${clockTime(expiry)} まで`;
  const from = typeof timestamp === "string" && until === false && `${dayOf(timestamp)} ${clockTime(timestamp)}`;
  const around = typeof radius === "number" && ` 半径 ${Math.round(radius)} m`;
  return html`<figure class="bubble place"><div class="map">${icons.map}</div><figcaption>${
    typeof label === "string" ? label : "位置情報"
  }<small>${String(pos)}${around}</small>${(until || from) && html`<small>${until}${from}</small>`}</figcaption></figure>`;
}

/** The thing itself where a browser can show it, over a sheet with its name for when it cannot be fetched. */
function picture(shown: { url: unknown; type: unknown; thumbnail: unknown; description: unknown }): Html {
  const type = String(shown.type ?? "");
  const name = String(shown.description ?? nameOf(shown.url));
  const blank = html`<span class="blank">${icons.file}${name}</span>`;
  if (type.startsWith("video/")) {
    return html`${blank}<video controls preload="none" src="${webUrl(shown.url)}" poster="${webUrl(shown.thumbnail)}"></video>`;
  }
  return html`${blank}<img src="${webUrl(shown.url)}" alt="${name}" loading="lazy" referrerpolicy="no-referrer">`;
}

function nameOf(url: unknown): string {
  return (
    String(url ?? "")
      .split(/[?#]/)[0]
      ?.split("/")
      .at(-1) ?? ""
  );
}

/** Nothing but the web: a `javascript:` address would run. */
function webUrl(url: unknown): string {
  return typeof url === "string" && /^https?:\/\//i.test(url) ? url : "";
}

const iconOfCommand: Readonly<Record<string, Html>> = {
  openUrl: icons.link,
  dialPhoneNumber: icons.phone,
  dialEnrichedCall: icons.phone,
  dialVideoCall: icons.phone,
  showLocation: icons.map,
  requestLocationPush: icons.map,
  createCalendarEvent: icons.calendar,
  composeTextMessage: icons.compose,
  composeRecordingMessage: icons.compose,
  requestDeviceSpecifics: icons.device,
  disableAnonymization: icons.settings,
  enableDisplayedNotifications: icons.settings,
};

function iconOf({ command }: Suggestion): Html | null {
  return command === undefined ? null : (iconOfCommand[command.name] ?? null);
}

/** What a tap would do on a phone, and what comes back to the company. */
function hintOf({ command, postbackData }: Suggestion): string {
  const does = command === undefined ? "" : `${commandWords(command.name, command.fields)}\n`;
  return `${does}postback: ${postbackData}`;
}

function commandWords(name: string, fields: Json): string {
  const location = objectAt(fields, "location");
  switch (name) {
    case "openUrl":
      return `開く: ${String(fields.url)}`;
    case "dialPhoneNumber":
    case "dialEnrichedCall":
    case "dialVideoCall":
      return `発信: ${String(fields.phoneNumber)}`;
    case "showLocation":
      return `地図: ${String(location.label ?? location.query ?? `${location.latitude} ${location.longitude}`)}`;
    case "createCalendarEvent":
      return `予定: ${String(fields.title)} ${String(fields.startTime)} – ${String(fields.endTime)}`;
    case "composeTextMessage":
      return `作成: ${String(fields.phoneNumber)} へ「${String(fields.text)}」`;
    default:
      return name;
  }
}
