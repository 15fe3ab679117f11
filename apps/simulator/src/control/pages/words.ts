import type { AppState, Carrier, MessageState } from "../../kddi/behaviours.ts";
import type { NotificationFate } from "../../kddi/message.ts";

/** What the pages call things. */
export const carrierWords: Readonly<Record<Carrier, string>> = {
  au: "au",
  docomo: "docomo",
  softbank: "SoftBank",
  rakuten: "Rakuten",
};

export const appWords: Readonly<Record<AppState, string>> = {
  installed: "利用中",
  none: "なし",
  uninstalled: "アンインストール済み",
  "handset-changed": "機種変更後 未設定",
};

export const stateWords: Readonly<Record<MessageState, string>> = {
  pending: "受付",
  sent: "送信",
  delivered: "到達",
  displayed: "既読",
  failed: "不達",
  revoked: "取消",
};

export const fateWords: Readonly<Record<NotificationFate, string>> = {
  none: "通知なし",
  waiting: "通知中",
  notified: "通知済み",
  lost: "通知失敗",
};

/** What a number does, by the digits of the table of behaviours; without digits what any other number does. */
export const behaviourWords: Readonly<Record<string, string>> = {
  "": "送信され、届きます",
  "00": "届きます。+メッセージは既読にもなります",
  "01": "アプリなし。モード0は SMS、モード1は受付後に不達",
  "02": "アプリ削除済み。+メッセージは届かないまま。モード2は届く",
  "03": "72時間電源オフ、その後に届く",
  "04": "電源はずっとオフ。72時間後に不達",
  "05": "送信直後に不達",
  "06": "+メッセージは到達の通知なしに既読",
  "07": "+メッセージは既読の通知が到達より先",
  "08": "通知がすべて2回",
  "09": "不達の後に到達",
  "10": "+メッセージは expiry で取消。なければ送信のまま",
  "11": "+メッセージは expiry で取消、その後に到達",
  "12": "アプリなし。到達の2秒後に SMS で「停止」と返信",
  "13": "到達の2秒後に最初のボタンをタップ",
  "14": "到達の2秒後に「ありがとうございます」と返信",
  "15": "最初の+メッセージの前に公式アカウントへ登録",
  "20": "au、アプリなし",
  "21": "docomo、アプリなし",
  "22": "SoftBank、アプリなし",
  "23": "Rakuten",
  "24": "送信の通知が応答 202 より先",
  "30": "届くが、通知は一切なし",
  "31": "送信のまま",
  "32": "通知がとても遅い",
  "33": "通知が前後し、2回ずつ",
  "40": "応答 400",
  "41": "応答 401",
  "43": "応答 403",
  "44": "応答 404",
  "50": "応答 500、受け付けない",
  "51": "応答 500、実は受け付けて届く",
  "52": "応答 502、受け付けない",
  "53": "最初の2回は応答 503、その後に受け付ける",
  "54": "応答 504、受け付けない",
  "60": "受け付けて、60秒後に応答",
  "61": "受け付けて、応答せずに切断",
  "62": "受け付けて、JSON でない 202",
  "63": "受け付けて、msgId のない 202",
  "64": "受け付けて、202 でなく 200",
};

const clock = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo",
  month: "long",
  day: "numeric",
  weekday: "short",
});
const whole = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "medium", timeStyle: "medium" });

/** `13:05`, Japan time. */
export function clockTime(at: string | number): string {
  return clock.format(new Date(at));
}

const date = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", month: "long", day: "numeric" });

/** The time of day, and for another day than today its date, where there is little room. */
export function shortTime(at: string | number, now: number): string {
  return date.format(new Date(at)) === date.format(now) ? clockTime(at) : date.format(new Date(at));
}

/** `8月3日(月)`. */
export function dayOf(at: string | number): string {
  return day.format(new Date(at));
}

export function wholeTime(at: string | number): string {
  return whole.format(new Date(at));
}

/** `+819012345678` → `090-1234-5678`; other numbers as they are. */
export function readableNumber(number: string): string {
  const parts = /^\+81(\d{2})(\d{4})(\d{4})$/.exec(number);
  return parts === null ? number : `0${parts[1]}-${parts[2]}-${parts[3]}`;
}

export function readableSize(bytes: unknown): string {
  const size = Number(bytes);
  if (!(size > 0)) return "";
  if (size < 1024) return `${size} B`;
  return size < 1_048_576 ? `${Math.round(size / 1024)} KB` : `${(size / 1_048_576).toFixed(1)} MB`;
}
