import { appStates, behaviours } from "../../kddi/behaviours.ts";
import type { MessageView, PhoneView } from "../../kddi/views.ts";
import type { AccountView } from "../../simulator.ts";
import { type Html, html } from "./html.ts";
import { call } from "./layout.ts";
import {
  appWords,
  behaviourWords,
  carrierWords,
  clockTime,
  dayOf,
  fateWords,
  readableNumber,
  stateWords,
} from "./words.ts";

/** What can be done to a phone, and what the gateway knows of it that its screen does not show. */
export function phonePanel(phone: PhoneView, messages: readonly MessageView[], accounts: readonly AccountView[]): Html {
  return html`<aside class="panel" id="panel" data-part>
<h1>${readableNumber(phone.number)}</h1>
<p class="soft">${carrierWords[phone.carrier]}・<code>${phone.number}</code></p>
<p class="soft">${phone.behaviour !== undefined && html`<b class="code">${phone.behaviour}</b>`}${behaviourWords[phone.behaviour ?? ""]}</p>
${underway(messages)}
<h2>電話</h2>
${choice(
  phone,
  "電源",
  "power",
  [
    ["on", "オン"],
    ["off", "オフ"],
  ],
  phone.power === "on" ? "on" : "off",
)}
${phone.carrier === "rakuten" ? html`<p class="soft">Rakuten は SMS のみで、+メッセージはありません。</p>` : appChoice(phone)}
${choice(
  phone,
  "+メッセージを読む",
  "read",
  [
    [null, "おまかせ"],
    [0, "すぐ"],
    ["never", "読まない"],
  ],
  phone.read === "default" ? null : phone.read,
)}
${choice(
  phone,
  "迷惑 SMS ブロック",
  "blocked",
  [
    [false, "しない"],
    [true, "する"],
  ],
  phone.blocked,
)}
${behaviourChoice(phone)}
${registrations(phone, accounts)}
<h2>ゲートウェイの記録</h2>
${record(messages)}
</aside>`;
}

function put(phone: PhoneView, patch: Readonly<Record<string, unknown>>): Html {
  return call("PUT", `/sim/phones/${encodeURIComponent(phone.number)}`, patch);
}

function choice(
  phone: PhoneView,
  name: string,
  field: string,
  values: readonly (readonly [value: unknown, word: string])[],
  current: unknown,
): Html {
  return html`<div class="choice" role="group" aria-label="${name}"><span>${name}</span><div>${values.map(
    ([value, word]) =>
      html`<button ${put(phone, { [field]: value })} aria-pressed="${value === current ? "true" : "false"}">${word}</button>`,
  )}</div></div>`;
}

function appChoice(phone: PhoneView): Html {
  return choice(
    phone,
    "+メッセージ アプリ",
    "app",
    appStates.map((state) => [state, appWords[state]] as const),
    phone.app,
  );
}

function behaviourChoice(phone: PhoneView): Html {
  const chosen = phone.behaviour ?? "";
  return html`<label class="choice"><span>ふるまい</span><select data-select="behaviour" ${put(phone, {})}><option value="" ${
    chosen === "" && html`selected`
  }>番号のとおり</option>${Object.keys(behaviours)
    .sort()
    .map(
      (code) =>
        html`<option value="${code}" ${chosen === code && html`selected`}>${code} ${behaviourWords[code]}</option>`,
    )}</select></label>`;
}

function registrations(phone: PhoneView, accounts: readonly AccountView[]): Html | false {
  const official = accounts.filter(({ hasTokens }) => hasTokens);
  if (official.length === 0) return false;
  return html`<div class="choice"><span>公式アカウント</span><div>${official.map(({ botId }) =>
    phone.registeredWith.includes(botId)
      ? html`<span class="done">${botId} 登録済み</span>`
      : html`<button ${call("POST", "/sim/rcs/new-user", { from: phone.number, botId })}>${botId} に登録</button>`,
  )}</div></div>`;
}

/** On the way, or never to come: a person who waits for a message must be able to see where it is. */
function underway(messages: readonly MessageView[]): Html | false {
  const waiting = messages.filter(({ state }) => state === "pending" || state === "sent").length;
  return waiting > 0 && html`<p class="waiting">${waiting} 件がこの電話に向かっています。</p>`;
}

const shownInRecord = 12;

function record(messages: readonly MessageView[]): Html {
  if (messages.length === 0) return html`<p class="soft">この番号への送信はまだありません。</p>`;
  const latest = messages.slice(-shownInRecord).reverse();
  return html`<ol class="record">${latest.map(line)}</ol>${
    messages.length > latest.length && html`<p class="soft">ほか ${messages.length - latest.length} 件</p>`
  }`;
}

function line({ channel, mode, state, acceptedAt, changes, deviations, duplicateOf, answered }: MessageView): Html {
  const last = changes.at(-1);
  const fates = changes.filter(({ notification }) => notification !== "none");
  const fate = fates.at(-1)?.notification;
  return html`<li><span class="way ${channel}">${channel === "sms" ? "SMS" : "+M"}</span><span class="state ${state}">${stateWords[state]}</span><time>${dayOf(acceptedAt)} ${clockTime(acceptedAt)}</time>
<small>X-Fallback ${mode}・応答 ${answered === undefined ? "これから" : answered}${fate !== undefined && html`・<span class="fate ${fate}">${fateWords[fate]}</span>`}</small>${
    last?.reason !== undefined && html`<small class="warn">${last.reason.code} ${last.reason.text}</small>`
  }${duplicateOf !== undefined && html`<small class="warn">同じ本文が前にも届いています</small>`}${
    deviations.length > 0 && html`<small class="warn">${deviations.join("; ")}</small>`
  }</li>`;
}
