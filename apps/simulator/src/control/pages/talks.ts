import type { Channel } from "../../kddi/behaviours.ts";
import type { ActView, InboxEntry, PhoneView } from "../../kddi/views.ts";

/** One line of a conversation. */
export type Turn =
  | { readonly kind: "got"; readonly at: string; readonly entry: InboxEntry }
  | { readonly kind: "did"; readonly at: string; readonly act: ActView };

/** A conversation as a phone has it: by SMS with a number, by +Message with an official account. */
export interface Talk {
  /** `sms:0312345678` or `rcs:bot_0001`: what stands in the URL. */
  readonly id: string;
  readonly channel: Channel;
  readonly peer: string;
  readonly turns: readonly Turn[];
  readonly lastAt: string;
  /** +Messages that were not read yet. */
  readonly unread: number;
}

/** The conversations on a phone, the latest first. */
export function talksOf({ inbox, acts }: Pick<PhoneView, "inbox" | "acts">): readonly Talk[] {
  const turns = new Map<string, Turn[]>();
  const add = (id: string, turn: Turn) => {
    const earlier = turns.get(id);
    if (earlier === undefined) turns.set(id, [turn]);
    else earlier.push(turn);
  };
  for (const entry of inbox) {
    // The dots of somebody typing come and go; no phone keeps them.
    if (entry.content?.isTyping !== undefined) continue;
    add(`${entry.channel}:${entry.from}`, { kind: "got", at: entry.receivedAt, entry });
  }
  for (const act of acts) {
    add(`${act.channel}:${act.smsNumber ?? act.botId}`, { kind: "did", at: act.at, act });
  }
  return [...turns].map(([id, all]) => talkOf(id, all)).sort((a, b) => b.lastAt.localeCompare(a.lastAt));
}

function talkOf(id: string, all: Turn[]): Talk {
  const turns = all.sort((a, b) => a.at.localeCompare(b.at));
  const at = id.indexOf(":");
  const channel = id.slice(0, at) === "sms" ? "sms" : "rcs";
  const isUnread = (turn: Turn) => turn.kind === "got" && channel === "rcs" && turn.entry.readAt === undefined;
  return {
    id,
    channel,
    peer: id.slice(at + 1),
    turns,
    lastAt: turns.at(-1)?.at ?? "",
    unread: turns.filter(isUnread).length,
  };
}

/** A line of the conversation in few words, for lists. */
export function turnWords(turn: Turn): string {
  if (turn.kind === "did") return actWords(turn.act);
  const { entry } = turn;
  if (entry.isContentForgotten) return "（本文は保存されていません）";
  if (entry.text !== "") return entry.text;
  const { content = {} } = entry;
  if (content.richcardMessage !== undefined) return "リッチカード";
  if (content.fileMessage !== undefined) return "ファイル";
  if (content.audioMessage !== undefined) return "音声";
  return content.geolocationPushMessage === undefined ? "メッセージ" : "位置情報";
}

function actWords({ kind, text, content }: ActView): string {
  if (kind === "newUser") return "公式アカウントに登録";
  if (kind === "response") return `「${text}」をタップ`;
  return content === undefined ? text : content.geolocationPushMessage === undefined ? "ファイル" : "位置情報";
}
