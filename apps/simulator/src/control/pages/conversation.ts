import { isObject } from "../../kddi/rcs-content/fields.ts";
import type { ActView, InboxEntry, MessageView, PhoneView } from "../../kddi/views.ts";
import { type Html, html } from "./html.ts";
import { icons } from "./icons.ts";
import { call } from "./layout.ts";
import { chips, place, richContent } from "./rich-content.ts";
import { linked, smsText } from "./sms-text.ts";
import type { Talk, Turn } from "./talks.ts";
import { clockTime, dayOf, fateWords, stateWords } from "./words.ts";

/** What was said, day by day; the chips of the last message stand below everything, as in the app. */
export function conversation(phone: PhoneView, talk: Talk, messages: readonly MessageView[]): Html {
  const byId = new Map(messages.map((message) => [message.msgId, message]));
  if (talk.turns.length === 0) {
    return html`<p class="empty">まだ何も届いていません。<br>ここから先に送ることもできます。</p>`;
  }
  const last = talk.turns.findLastIndex(({ kind }) => kind === "got");
  return html`${talk.turns.map((turn, index) => [
    index === 0 || dayOf(turn.at) !== dayOf(talk.turns[index - 1]?.at ?? "")
      ? html`<p class="day">${dayOf(turn.at)}</p>`
      : null,
    turn.kind === "did" ? did(turn.act) : got(phone, turn, byId.get(turn.entry.msgId), index === last),
  ])}`;
}

function got(
  phone: PhoneView,
  { entry }: Turn & { kind: "got" },
  message: MessageView | undefined,
  isLast: boolean,
): Html {
  const tapOf = (suggestion: number) =>
    call("POST", "/sim/rcs/response", { from: phone.number, msgId: entry.msgId, suggestion });
  return html`<div class="got" id="m-${entry.msgId}">${
    entry.channel === "sms" ? sms(entry) : rich(entry, tapOf)
  }<p class="foot"><time>${clockTime(entry.receivedAt)}</time>${entry.channel === "sms" && partsWords(entry)}${
    message !== undefined && ticks(message)
  }${
    entry.channel === "rcs" &&
    entry.readAt === undefined &&
    html`<button class="link" ${call("POST", "/sim/rcs/read", { from: phone.number, msgId: entry.msgId })}>既読にする</button>`
  }</p>${isLast && entry.content !== undefined && chips(entry.content, tapOf)}</div>`;
}

function sms(entry: InboxEntry): Html {
  if (entry.isContentForgotten) return forgotten;
  return html`<p class="bubble">${smsText(entry)}</p>`;
}

function rich(entry: InboxEntry, tapOf: (suggestion: number) => Html): Html {
  return entry.content === undefined ? forgotten : richContent(entry.content, tapOf);
}

const forgotten = html`<p class="bubble soft">（古いため本文は保存されていません）</p>`;

function partsWords({ text, original, parts, isDegraded }: InboxEntry): Html {
  const units = (original ?? text).length;
  return html`<span>${units} 文字・${parts} 通分</span>${isDegraded && html`<span class="warn">文字が失われました</span>`}`;
}

/** How far it has come, as the company is told: one tick for sent, two for delivered, two in colour for read. */
function ticks({ state, changes }: MessageView): Html {
  const name = `${stateWords[state]}（${changes.map((change) => `${stateWords[change.state]} ${clockTime(change.at)}`).join("、")}）`;
  const mark = state === "failed" || state === "revoked" ? icons.cross : state === "sent" ? icons.check : icons.checks;
  return html`<span class="ticks ${state}" title="${name}">${mark}${stateWords[state]}</span>`;
}

function did(act: ActView): Html {
  return html`<div class="did">${said(act)}<p class="foot"><time>${clockTime(act.at)}</time><span class="fate ${act.notification}" title="ご利用企業への通知">${fateWords[act.notification]}</span></p></div>`;
}

function said({ kind, text, content }: ActView): Html {
  if (kind === "newUser") return html`<p class="note">公式アカウントに登録しました</p>`;
  if (kind === "response") return html`<p class="bubble tap">${icons.reply}${text}</p>`;
  if (content === undefined) return html`<p class="bubble">${linked(text)}</p>`;
  const { geolocationPushMessage } = content;
  if (isObject(geolocationPushMessage)) return place(geolocationPushMessage);
  return richContent(content, () => html``);
}
