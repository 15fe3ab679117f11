import { type Html, html } from "./html.ts";
import { icons } from "./icons.ts";
import { wholeTime } from "./words.ts";

export interface Document {
  readonly title: string;
  readonly main: Html;
  readonly side: Html;
  /** Simulated time. */
  readonly now: number;
}

const jumps = [
  ["+1分", 60_000],
  ["+1時間", 3_600_000],
  ["+72時間", 259_200_000],
] as const;

/** A whole page: the phones at the side, one of them in the middle. Parts marked `data-part` are kept up to date by the script. */
export function layout({ title, main, side, now }: Document): string {
  return html`<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} – 飛脚シミュレーター</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/phones.css">
<script src="/assets/phones.js" defer></script>
</head>
<body>
<header class="bar">
<a class="brand" href="/phones"><img src="/assets/icon.svg" alt="" width="24" height="24">飛脚シミュレーター</a>
<p class="claim">ここに届いたものは、誰の電話にも届いていません。</p>
<div class="clock"><span id="now" data-part>${wholeTime(now)}</span>${jumps.map(
    ([word, ms]) =>
      html`<button ${call("POST", "/sim/clock/advance", { ms })} title="シミュレーターの時計を進める">${word}</button>`,
  )}</div>
</header>
<div class="panes">
${side}
<main>${main}</main>
</div>
<div id="notice" role="status" aria-live="polite"></div>
</body>
</html>
`.text;
}

/** Attributes of a button or a form that makes a call of the control API. A form's fields are added to the body. */
export function call(method: "POST" | "PUT", path: string, body: Readonly<Record<string, unknown>>): Html {
  return html`data-call="${method} ${path}" data-body="${JSON.stringify(body)}"`;
}

export function searchBox(digits: string): Html {
  return html`<form class="search" action="/phones" role="search">${icons.search}<input name="digits" value="${digits}" inputmode="tel" autocomplete="off" placeholder="番号で探す・開く" aria-label="番号"></form>`;
}
