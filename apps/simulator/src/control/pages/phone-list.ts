import type { PhoneView } from "../../kddi/views.ts";
import type { Simulator } from "../../simulator.ts";
import { type Html, html } from "./html.ts";
import { searchBox } from "./layout.ts";
import { talksOf, turnWords } from "./talks.ts";
import { carrierWords, readableNumber, shortTime } from "./words.ts";

const listed = 60;

/** The phones that had to do with the gateway, the latest first. */
export function phoneList(simulator: Pick<Simulator, "phones" | "phone" | "now">, digits: string, open?: string): Html {
  // People write 090 where the wire has +8190.
  const filter = digits === "" ? {} : { digits: digits.replace(/^0/, "81") };
  const numbers = simulator.phones({ ...filter, limit: listed });
  const shown = open === undefined || numbers.includes(open) || digits !== "" ? numbers : [open, ...numbers];
  const rows = shown.map((number) => row(simulator.phone(number), number === open, digits, simulator.now()));
  return html`<nav class="phones ${open !== undefined && "behind"}" aria-label="電話">
${searchBox(digits)}
<a class="back" href="/phones${digits !== "" && `?digits=${digits}`}">すべての電話</a>
<ul id="phones" data-part>${rows.length > 0 ? rows : html`<li class="none">${digits === "" ? "まだ何も届いていません" : "その番号には何も届いていません"}</li>`}${
    numbers.length === listed && html`<li class="none">ほかの番号は検索してください</li>`
  }</ul>
</nav>`;
}

function row(phone: PhoneView, isOpen: boolean, digits: string, now: number): Html {
  const talks = talksOf(phone);
  const last = talks[0]?.turns.at(-1);
  const unread = talks.reduce((sum, talk) => sum + talk.unread, 0);
  const query = digits === "" ? "" : `?digits=${digits}`;
  return html`<li><a href="/phones/${encodeURIComponent(phone.number)}${query}" ${isOpen && html`aria-current="page"`}>
<span class="carrier ${phone.carrier}" title="${carrierWords[phone.carrier]}">${carrierWords[phone.carrier].slice(0, 1)}</span>
<span class="who"><b>${readableNumber(phone.number)}</b>${last !== undefined && html`<time>${shortTime(last.at, now)}</time>`}</span>
<span class="what">${phone.power !== "on" && html`<i class="off">電源オフ</i>`}${last === undefined ? "届いたものはありません" : turnWords(last)}</span>
${unread > 0 && html`<span class="unread" title="未読 ${unread} 件">${unread}</span>`}
</a></li>`;
}
