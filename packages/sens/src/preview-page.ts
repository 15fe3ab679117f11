import { createPreviewFrame, escapeText, previewIcon as icon, previewPhone, type RenderedMessage } from "@hikyaku/core";
import { type Button, type ButtonLink, buttonKinds } from "./buttons.ts";
import type { AlimtalkPayload } from "./content.ts";
import { eucKrBytes } from "./euc-kr.ts";
import type { FailoverConfig } from "./failover.ts";
import { countCharacters, longest } from "./lint-message.ts";
import type { FinishedMessage, TitledRow } from "./message.ts";
import { previewStyle } from "./preview-style.ts";
import type { SensPublicSettings } from "./route-config.ts";

const frame = createPreviewFrame({ style: previewStyle });

/**
 * The message as KakaoTalk shows it, beside it the SMS that would go out in its place: one HTML page with nothing to run and nothing to
 * load. The page is in Japanese like the console guide; the phone speaks Korean as its reader's does. A picture that belongs to a template
 * is not shown: the carrier's API does not tell it.
 */
export function alimtalkPage({ plusFriendId, smsNumber }: Pick<SensPublicSettings, "plusFriendId" | "smsNumber">) {
  return ({ payload }: RenderedMessage): string => {
    const { message, failover, templateCode, reserve } = payload as AlimtalkPayload;
    const when = reserve === undefined ? "" : ` ・ 予約 ${escapeText(reserve.time)}（${escapeText(reserve.timeZone)}）`;
    return frame.page({
      title: "アリムトークのプレビュー",
      mode: `テンプレート ${escapeText(templateCode)}${when}`,
      phones: [kakaoPhone(plusFriendId, message), ...(failover === null ? [] : [smsPhone(failover, smsNumber)])],
      buttons: { columns: ["表示", "種類", "先"], rows: (message.buttons ?? []).map(buttonRow) },
      footer:
        "実際の見え方は、端末、文字の大きさ、カカオトークの版によって異なります。テンプレートに登録された画像は表示されません。",
    });
  };
}

function kakaoPhone(channel: string, message: FinishedMessage): string {
  const name = escapeText(channel.replace(/^@/, ""));
  const initial = escapeText([...channel.replace(/^@/, "")][0]?.toUpperCase() ?? "");
  const addsChannel = (message.buttons ?? []).some(({ type }) => type === "AC");
  const screen = `<div class="bar">${icons.back}<span>${name}</span>${icons.search}${icons.menu}</div>
<div class="talk">
<p class="day"><span>오늘</span></p>
<div class="said"><span class="face" aria-hidden="true">${initial}</span><div class="who">${name}</div>
<article class="alim"><div class="head"><span>알림톡 도착</span><b>kakao</b></div>
<div class="body">${parts(message)}${addsChannel ? `<p class="add">채널 추가하고 이 채널의 광고와 마케팅 메시지를 카카오톡으로 받기</p>` : ""}</div>
${buttonList(message.buttons ?? [])}</article><time>오전 10:15</time></div>
</div>
<div class="write"><span>+</span><p></p><span>☺</span><span>#</span></div>`;
  const most = message.item === undefined ? longest.text : longest.textWithItems;
  const count = (message.buttons ?? []).length;
  const facts = `本文 ${countCharacters(message.text)} / ${most} 文字${count === 0 ? "" : ` ・ ボタン ${count} 個`}`;
  return previewPhone({ label: "カカオトーク", screen, facts, lang: "ko" });
}

function parts({ text, title, headerContent, itemHighlight, item }: FinishedMessage): string {
  const row = ({ title: name, description }: TitledRow) =>
    `<div><dt>${escapeText(name)}</dt><dd>${escapeText(description)}</dd></div>`;
  return [
    headerContent === undefined ? "" : `<p class="top">${escapeText(headerContent)}</p>`,
    itemHighlight === undefined
      ? ""
      : `<div class="highlight"><b>${escapeText(itemHighlight.title)}</b><span>${escapeText(itemHighlight.description)}</span></div>`,
    title === undefined ? "" : `<p class="title">${escapeText(title)}</p>`,
    item === undefined ? "" : `<dl>${item.list.map(row).join("")}</dl>`,
    item?.summary === undefined ? "" : `<dl class="sum">${row(item.summary)}</dl>`,
    `<p class="text">${escapeText(text)}</p>`,
  ].join("");
}

function buttonList(buttons: readonly Button[]): string {
  if (buttons.length === 0) return "";
  const drawn = buttons.map(
    ({ type, name }) => `<span class="button${type === "AC" ? " ac" : ""}">${escapeText(name)}</span>`,
  );
  return `<div class="buttons">${drawn.join("")}</div>`;
}

function smsPhone({ type, from, subject, content }: FailoverConfig, smsNumber: string | undefined): string {
  const sender = from ?? smsNumber;
  const shown = sender === undefined ? "チャンネルの発信番号" : escapeText(sender);
  const screen = `<div class="bar sms">${icons.back}<span>${shown}</span></div>
<div class="talk sms"><div class="bubble">${subject === undefined ? "" : `<b>${escapeText(subject)}</b>\n`}${escapeText(content)}</div></div>`;
  const most = type === "SMS" ? 90 : 2_000;
  return previewPhone({
    label: `届かないときの ${type}`,
    screen,
    facts: `発信元 ${shown} ・ ${eucKrBytes(content)} / ${most} バイト（EUC-KR）`,
    lang: "ko",
  });
}

const kindNames: Readonly<Record<Button["type"], string>> = {
  DS: "配送照会",
  WL: "ウェブリンク",
  AL: "アプリリンク",
  BK: "ボットキーワード",
  MD: "メッセージ転送",
  AC: "チャンネル追加",
};

const linkNames: Readonly<Record<ButtonLink, string>> = {
  linkMobile: "モバイル",
  linkPc: "PC",
  schemeIos: "iOS",
  schemeAndroid: "Android",
};

function buttonRow(button: Button): string[] {
  const links = (buttonKinds[button.type].links as readonly ButtonLink[]).map(
    (link) => `<span class="link">${linkNames[link]}</span> ${escapeText(button[link] ?? "")}`,
  );
  return [escapeText(button.name), `${button.type} ${kindNames[button.type]}`, links.join("<br>") || "–"];
}

const icons = {
  back: icon("M15 5l-7 7 7 7"),
  search: icon("M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5"),
  menu: icon("M4 7h16M4 12h16M4 17h16"),
} as const;
