import { createPreviewFrame, escapeText, previewIcon as icon, previewPhone } from "@hikyaku/core";
import type {
  Bubble,
  ButtonAction,
  MessagePreview,
  PlusPreview,
  PreviewButton,
  PreviewCard,
  SmsPreview,
} from "./preview.ts";
import { previewStyle } from "./preview-style.ts";

const frame = createPreviewFrame({ style: previewStyle, sources: ["img-src https: http:", "media-src https: http:"] });

/** What a page made here needs to be shown, and nothing else: send it as the header of an answer that carries one. */
export const previewContentSecurityPolicy = frame.contentSecurityPolicy;

const modes: Readonly<Record<MessagePreview["mode"], string>> = {
  sms: "SMS",
  rcs: "+メッセージ",
  "sms-fallback": "+メッセージ（使えない方には SMS）",
};

/**
 * The message as phones show it: one HTML page, in Japanese like its readers, with its own style and nothing to run. All that is loaded
 * is the author's own media. Heights and widths are the carrier's in dp (protocol notes §6.6), so that a cut picture is seen as cut.
 */
export function previewPage(preview: MessagePreview): string {
  const { mode, plus, sms } = preview;
  const buttons = plus === null ? [] : allButtons(plus);
  return frame.page({
    title: "配信プレビュー",
    mode: modes[mode],
    phones: [...(plus === null ? [] : [plusPhone(plus)]), ...(sms === null ? [] : [smsPhone(sms)])],
    buttons: { columns: ["表示", "動作", "先"], rows: buttons.map(buttonRow) },
    footer: "実際の見え方は、端末、文字の大きさ、アプリの版によって異なります。",
  });
}

function smsPhone({ sender, text, units, segments }: SmsPreview): string {
  const bar = `<div class="bar"><span class="face"></span><span>${escapeText(sender)}</span></div>`;
  const screen = `${bar}<div class="talk"><p class="bubble">${escapeText(text)}</p></div>`;
  const facts = `発信元 ${escapeText(sender)} ・ ${units} 文字（UTF-16） ・ ${segments} 通分`;
  return previewPhone({ label: "SMS", screen, facts });
}

function plusPhone({ bubble, chips }: PlusPreview): string {
  const bar = `<div class="bar plus"><span class="face"></span><span>公式アカウント</span></div>`;
  const chipRow = chips.length === 0 ? "" : `<div class="chips" tabindex="0">${chips.map(chip).join("")}</div>`;
  const screen = `${bar}<div class="talk">${draw(bubble)}</div>${chipRow}`;
  return previewPhone({ label: "+メッセージ", screen, facts: factsOf(bubble, chips) });
}

function draw(bubble: Bubble): string {
  switch (bubble.kind) {
    case "text":
      return `<p class="bubble">${escapeText(bubble.text)}</p>`;
    case "file": {
      const { url, mime, name, size, thumbnailUrl } = bubble;
      const picture = media({ url, mime, thumbnailUrl, description: name });
      return `<figure class="bubble file">${picture}<figcaption>${escapeText(name)}<br><small>${escapeText(mime)}・${bytes(size)}</small></figcaption></figure>`;
    }
    case "audio": {
      const length = bubble.seconds === null ? "" : `・${bubble.seconds} 秒`;
      return `<div class="bubble audio">${icons.record}<span>${escapeText(bubble.name)}<br><small>${escapeText(bubble.mime)}・${bytes(bubble.size)}${length}</small></span></div>`;
    }
    case "location": {
      const { label, position, radius } = bubble;
      const around = radius === null ? "" : `（半径 ${radius} m）`;
      return `<div class="bubble place"><div class="map">${icons.map}</div><p>${escapeText(label ?? "位置情報")}<br><small>${escapeText(position)}${around}</small></p></div>`;
    }
    case "card":
      return card(bubble.card, bubble.layout === "vertical" ? "vertical" : `side ${bubble.layout}`);
    case "carousel":
      return `<div class="carousel" tabindex="0">${bubble.cards.map((each) => card(each, `vertical ${bubble.width}`)).join("")}</div>`;
    default:
      return bubble satisfies never;
  }
}

function card({ media: shown, title, description, buttons }: PreviewCard, layout: string): string {
  const picture = shown === null ? "" : `<div class="media ${shown.height}">${media(shown)}</div>`;
  const texts = [
    title === null ? "" : `<h3>${escapeText(title)}</h3>`,
    description === null ? "" : `<p>${escapeText(description)}</p>`,
  ].join("");
  const body = `<div class="words">${texts}</div>`;
  return `<article class="card ${layout}"><div class="top">${picture}${texts === "" ? "" : body}</div>${buttons.map(cardButton).join("")}</article>`;
}

/** Only what a browser can show: a video without a thumbnail as a video, everything else by its name. */
function media({
  url,
  mime,
  thumbnailUrl,
  description,
}: {
  url: string;
  mime: string;
  thumbnailUrl: string | null;
  description: string | null;
}): string {
  // Where it can't be loaded, its description or name stands in its place: see `img::after` in the style.
  const alt = escapeText(description || fileName(url));
  const image = mime.startsWith("image/") ? url : thumbnailUrl;
  const play = mime.startsWith("video/") ? `<span class="play">▶</span>` : "";
  if (image !== null && isHttp(image)) return `<img src="${escapeText(image)}" alt="${alt}">${play}`;
  if (mime.startsWith("video/") && isHttp(url))
    return `<video src="${escapeText(url)}" controls preload="metadata"></video>`;
  return `<span class="blank">${escapeText(mime)}</span>`;
}

/** The last part of a URL's path, as it is written there. */
function fileName(url: string): string {
  return (
    url
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) || url
  );
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function cardButton({ label, action }: PreviewButton): string {
  return `<div class="button">${icons[action]}<span>${escapeText(label)}</span></div>`;
}

function chip({ label, action }: PreviewButton): string {
  return `<span class="chip">${icons[action]}${escapeText(label)}</span>`;
}

function allButtons({ bubble, chips }: PlusPreview): PreviewButton[] {
  const cards = bubble.kind === "card" ? [bubble.card] : bubble.kind === "carousel" ? bubble.cards : [];
  return [...cards.flatMap(({ buttons }) => buttons), ...chips];
}

function factsOf(bubble: Bubble, chips: readonly PreviewButton[]): string {
  const said: Record<Bubble["kind"], string> = {
    text: bubble.kind === "text" ? `テキスト ${bubble.text.length} 文字（UTF-16）` : "",
    file: "ファイル",
    audio: "音声",
    location: "地図情報",
    card: "リッチカード",
    carousel: bubble.kind === "carousel" ? `カルーセル ${bubble.cards.length} 枚（横に動かせます）` : "",
  };
  return chips.length === 0 ? said[bubble.kind] : `${said[bubble.kind]} ・ チップ ${chips.length} 個`;
}

const actionNames: Readonly<Record<ButtonAction, string>> = {
  reply: "返信",
  url: "サイトを開く",
  call: "電話をかける",
  "video-call": "ビデオ通話",
  map: "地図を開く",
  "share-location": "現在地を送る",
  calendar: "予定を追加",
  compose: "メッセージを書く",
  record: "録音・録画して送る",
  device: "端末の情報を送る",
  setting: "設定を変える",
};

function buttonRow({ label, action, target }: PreviewButton): string[] {
  return [escapeText(label), actionNames[action], escapeText(target ?? "–")];
}

function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(0)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

const icons: Readonly<Record<ButtonAction, string>> = {
  reply: "",
  url: icon("M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"),
  call: icon("M6 3l3 5-2 2c1 3 4 6 7 7l2-2 5 3c0 2-2 3-4 3C10 21 3 14 3 7c0-2 1-4 3-4z"),
  "video-call": icon("M3 7h12v10H3zM15 11l6-3v8l-6-3z"),
  map: icon("M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"),
  "share-location": icon("M12 3v3M12 18v3M3 12h3M18 12h3M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10z"),
  calendar: icon("M4 6h16v14H4zM4 10h16M8 3v5M16 3v5"),
  compose: icon("M4 20l1-5L16 4l4 4L9 19zM14 6l4 4"),
  record: icon("M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 11a6 6 0 0 0 12 0M12 17v4"),
  device: icon("M7 3h10v18H7zM11 18h2"),
  setting: icon("M4 7h9M17 7h3M4 17h3M11 17h9M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"),
};
