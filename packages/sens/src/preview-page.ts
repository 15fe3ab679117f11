import { createHash } from "node:crypto";
import type { RenderedMessage } from "@hikyaku/core";
import { type Button, type ButtonLink, buttonKinds } from "./buttons.ts";
import type { AlimtalkPayload } from "./content.ts";
import { eucKrBytes } from "./euc-kr.ts";
import type { FailoverConfig } from "./failover.ts";
import { countCharacters, longest } from "./lint-message.ts";
import type { FinishedMessage, TitledRow } from "./message.ts";
import { previewStyle } from "./preview-style.ts";
import type { SensPublicSettings } from "./route-config.ts";

/** What a page made here needs to be shown, and nothing else: send it as the header of an answer that carries one. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(previewStyle).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The message as KakaoTalk shows it, beside it the SMS that would go out in its place: one HTML page with nothing to run and nothing to
 * load. The page is in Japanese like the console guide; the phone speaks Korean as its reader's does. A picture that belongs to a template
 * is not shown: the carrier's API does not tell it.
 */
export function alimtalkPage({ plusFriendId, smsNumber }: Pick<SensPublicSettings, "plusFriendId" | "smsNumber">) {
  return ({ payload }: RenderedMessage): string => {
    const { message, failover, templateCode, reserve } = payload as AlimtalkPayload;
    const buttons = message.buttons ?? [];
    const when = reserve === undefined ? "" : ` ・ 予約 ${escapeText(reserve.time)}（${escapeText(reserve.timeZone)}）`;
    return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeText(contentSecurityPolicy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>アリムトークのプレビュー</title>
<style>${previewStyle}</style>
</head>
<body>
<header><h1>アリムトークのプレビュー</h1><p class="mode">テンプレート ${escapeText(templateCode)}${when}</p></header>
<main>
${kakaoPhone(plusFriendId, message)}
${failover === null ? "" : smsPhone(failover, smsNumber)}
</main>
${buttons.length === 0 ? "" : buttonTable(buttons)}
<footer>実際の見え方は、端末、文字の大きさ、カカオトークの版によって異なります。テンプレートに登録された画像は表示されません。</footer>
</body>
</html>
`;
  };
}

function phone(label: string, screen: string, facts: string): string {
  return `<section aria-label="${label}">
<h2>${label}</h2>
<div class="phone"><div class="screen" lang="ko">
${screen}
</div></div>
<p class="facts">${facts}</p>
</section>`;
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
  return phone("カカオトーク", screen, facts);
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
  return phone(
    `届かないときの ${type}`,
    screen,
    `発信元 ${shown} ・ ${eucKrBytes(content)} / ${most} バイト（EUC-KR）`,
  );
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

/** Where each button leads can't be seen on a phone, and is what a second pair of eyes should look at. */
function buttonTable(buttons: readonly Button[]): string {
  const rows = buttons.map((button) => {
    const links = (buttonKinds[button.type].links as readonly ButtonLink[]).map(
      (link) => `<span class="link">${linkNames[link]}</span> ${escapeText(button[link] ?? "")}`,
    );
    return `<tr><td>${escapeText(button.name)}</td><td>${button.type} ${kindNames[button.type]}</td><td>${links.join("<br>") || "–"}</td></tr>`;
  });
  return `<table><caption>ボタンの動作</caption><thead><tr><th>表示</th><th>種類</th><th>先</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

const icon = (path: string) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

const icons = {
  back: icon("M15 5l-7 7 7 7"),
  search: icon("M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5"),
  menu: icon("M4 7h16M4 12h16M4 17h16"),
} as const;
