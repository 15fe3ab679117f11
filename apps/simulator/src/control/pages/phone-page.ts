import type { MessageView, PhoneView } from "../../kddi/views.ts";
import type { AccountView, Simulator } from "../../simulator.ts";
import { conversation } from "./conversation.ts";
import { type Html, html } from "./html.ts";
import { icons } from "./icons.ts";
import { call } from "./layout.ts";
import { phonePanel } from "./phone-panel.ts";
import { type Talk, talksOf } from "./talks.ts";
import { appWords, carrierWords, clockTime, readableNumber } from "./words.ts";

/** One phone as its user has it in hand, and beside it what the user and the network can do to it. */
export function phonePage(
  simulator: Pick<Simulator, "phone" | "messages" | "accounts" | "now">,
  number: string,
  wanted: string | undefined,
): Html {
  const phone = simulator.phone(number);
  const messages = simulator.messages({ to: number });
  const talks = talksOf(phone);
  const chosen = talks.find(({ id }) => id === wanted) ?? talks[0];
  const talk = chosen ?? newTalk(wanted ?? talkOf(messages.at(-1)) ?? firstTalk(simulator.accounts()));
  return html`<div class="stage">
${handset(phone, talks, talk, messages, simulator.now())}
${phonePanel(phone, messages, simulator.accounts())}
</div>`;
}

/** Nothing has come yet: the user may write first. */
function newTalk(id: string): Talk {
  const [way, ...peer] = id.split(":");
  return { id, channel: way === "rcs" ? "rcs" : "sms", peer: peer.join(":"), turns: [], lastAt: "", unread: 0 };
}

/** Of a message that has not arrived. */
function talkOf(message: MessageView | undefined): string | undefined {
  if (message === undefined) return undefined;
  return message.channel === "sms" ? `sms:${message.smsNumber}` : `rcs:${message.botId}`;
}

function firstTalk(accounts: readonly AccountView[]): string {
  return `sms:${accounts[0]?.smsNumbers[0] ?? ""}`;
}

function handset(
  phone: PhoneView,
  talks: readonly Talk[],
  talk: Talk,
  messages: readonly MessageView[],
  now: number,
): Html {
  const isOff = phone.power !== "on";
  return html`<section class="handset ${talk.channel}" aria-label="${readableNumber(phone.number)} の画面">
<div class="screen">
<div class="status" id="status" data-part><span>${clockTime(now)}</span><span>${carrierWords[phone.carrier]}${isOff ? "・電源オフ" : ""}</span></div>
<div class="talks" id="talks" data-part data-keep-scroll>${talks.map((each) => tab(phone.number, each, each.id === talk.id))}</div>
<div class="peer">${talk.channel === "sms" ? html`<span class="face">SMS</span>` : html`<span class="face">+</span>`}<span><b>${
    talk.peer
  }</b><small>${talk.channel === "sms" ? "SMS" : "+メッセージ 公式アカウント"}</small></span></div>
<div class="talk" id="talk" data-part data-talk="${talk.id}" tabindex="0">${conversation(phone, talk, messages)}</div>
${composer(phone, talk)}
<div class="dark" id="dark" data-part>${
    isOff &&
    html`<div>${icons.power}<p>電源オフ${/^\d/.test(phone.power) && html`<br><small>${clockTime(phone.power)} まで</small>`}</p><button ${call(
      "PUT",
      `/sim/phones/${encodeURIComponent(phone.number)}`,
      { power: "on" },
    )}>電源を入れる</button></div>`
  }</div>
</div>
</section>`;
}

function tab(number: string, talk: Talk, isOpen: boolean): Html {
  const name = talk.channel === "sms" ? `SMS ${talk.peer}` : `+メッセージ ${talk.peer}`;
  return html`<a class="${talk.channel}" href="/phones/${encodeURIComponent(number)}?talk=${encodeURIComponent(talk.id)}" ${
    isOpen && html`aria-current="true"`
  }>${name}${talk.unread > 0 && html`<b>${talk.unread}</b>`}</a>`;
}

function composer(phone: PhoneView, talk: Talk): Html {
  const { number: from } = phone;
  if (talk.channel === "rcs" && phone.app !== "installed") {
    return html`<p class="composer" id="composer" data-part>+メッセージ アプリがないため、読み書きできません（${appWords[phone.app]}）。</p>`;
  }
  const target =
    talk.channel === "sms"
      ? call("POST", "/sim/mo", { from, smsNumber: talk.peer })
      : call("POST", "/sim/rcs/message", { from, botId: talk.peer });
  const hint = talk.channel === "sms" ? "SMS で返信" : "+メッセージで返信";
  const place = { geolocationPushMessage: { pos: "35.684068 139.774503", label: "東京都中央区 日本橋" } };
  return html`<form class="composer" id="composer" data-part ${target}>${
    talk.channel === "rcs" &&
    html`<button type="button" class="round" title="位置情報を送る" aria-label="位置情報を送る" ${call("POST", "/sim/rcs/message", { from, botId: talk.peer, content: place })}>${icons.map}</button>`
  }<input name="text" required maxlength="2000" autocomplete="off" placeholder="${hint}" aria-label="${hint}"><button class="round send" title="送る" aria-label="送る">${icons.send}</button></form>`;
}
