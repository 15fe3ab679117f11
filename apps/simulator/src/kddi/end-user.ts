import { randomUUID } from "node:crypto";
import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Account } from "./account.ts";
import type { Channel } from "./behaviours.ts";
import type { NotificationFate } from "./message.ts";
import type { Notifier } from "./notifier.ts";
import { shapeWebhook } from "./rcs-shapes.ts";
import { shapeReply } from "./shapes.ts";

/** Something the person with the phone did, and whether the company was told. */
export interface UserAct {
  readonly kind: "mo" | "message" | "response" | "newUser";
  readonly channel: Channel;
  readonly at: number;
  readonly account: Account;
  readonly from: string;
  /** Number written to; empty by +Message, which goes to the official account. */
  readonly smsNumber: string;
  readonly msgId: string;
  /** What was written, or stood on the button. */
  readonly text: string;
  /** The message whose button it was, where that is known. */
  readonly inReplyTo: string | undefined;
  /** A file or a place that was sent. */
  readonly content: Readonly<Record<string, unknown>> | undefined;
  notification: NotificationFate;
}

/** Why an act could not be told: there is nowhere to tell it, or the number cannot be answered. */
export type Told =
  | { readonly sent: true; readonly msgId: string }
  | { readonly sent: false; readonly reason: "no-url" | "not-shared"; readonly why: string };

/** What an event says beside who, when and its id. */
type OwnPart =
  | { readonly event: "message"; readonly content: Readonly<Record<string, unknown>> }
  | { readonly event: "response"; readonly response?: unknown; readonly sharedData?: unknown }
  | { readonly event: "newUser" };

interface ByUser {
  readonly account: Account;
  readonly from: string;
}

export interface TapRequest extends ByUser {
  readonly kind: "reply" | "action";
  readonly displayText: string;
  readonly postbackData: string;
  readonly inReplyTo?: string | undefined;
  /** What an action button does, where the phone answers it by itself. */
  readonly command?: { readonly name: string } | undefined;
}

/** The person with the phone (guide §2.4, §2.8): what they do is pushed to the company. */
export interface EndUser {
  writeSms(sms: ByUser & { readonly smsNumber: string; readonly text: string }): Told;
  /** `content` is one of the content fields of an RCSMessage. */
  writeMessage(message: ByUser & { readonly content: Readonly<Record<string, unknown>> }): Told;
  /** A button that asks for the device or for the place is followed by the phone's answer. */
  tap(tap: TapRequest): Told;
  register(user: ByUser): Told;
  /** The latest acts of a number, the oldest first. */
  acts(number: string): readonly UserAct[];
  numbers(): Iterable<string>;
  reset(): void;
}

const deviceSpecifics = {
  deviceModel: "Hikyaku Simulator",
  platformVersion: "Android 15",
  clientVendor: "HKYK",
  clientVersion: "1.0.0",
  batteryRemainingMinutes: 543,
};
/** 日本橋, where the couriers set out. */
const ownPlace = { geolocationPushMessage: { pos: "35.684068 139.774503", label: "東京都中央区 日本橋" } };

// Each is small; a phone page shows the last ones.
const keptActs = 100_000;

export function createEndUser(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly notifier: Notifier;
}): EndUser {
  const { settings, clock, notifier } = deps;
  const byNumber = new Map<string, UserAct[]>();
  let ring: UserAct[] = [];
  let actCount = 0;

  function remember(act: UserAct): void {
    const slot = actCount++ % keptActs;
    const oldest = ring[slot];
    if (oldest !== undefined) {
      const left = byNumber.get(oldest.from)?.filter((other) => other !== oldest) ?? [];
      if (left.length === 0) byNumber.delete(oldest.from);
      else byNumber.set(oldest.from, left);
    }
    ring[slot] = act;
    const earlier = byNumber.get(act.from);
    if (earlier === undefined) byNumber.set(act.from, [act]);
    else earlier.push(act);
  }

  function tell(url: string, act: UserAct, body: string): Told {
    remember(act);
    notifier.notify(url, body, {
      onPost() {},
      onEnd(notified) {
        act.notification = notified ? "notified" : "lost";
      },
    });
    return { sent: true, msgId: act.msgId };
  }

  function newAct(user: ByUser, own: Pick<UserAct, "kind" | "channel" | "text"> & Partial<UserAct>): UserAct {
    return {
      at: clock.now(),
      account: user.account,
      from: user.from,
      smsNumber: "",
      msgId: randomUUID(),
      inReplyTo: undefined,
      content: undefined,
      notification: "waiting",
      ...own,
    };
  }

  function tellWebhook(act: UserAct, event: OwnPart): Told {
    const url = act.account.options.webhookUrl;
    if (url === undefined)
      return { sent: false, reason: "no-url", why: `${act.account.options.botId} has no webhookUrl` };
    const { msgId, from, at } = act;
    return tell(url, act, shapeWebhook(settings.webhookShape, { msgId, from, at, ...event }));
  }

  function writeMessage({ content, ...user }: ByUser & { readonly content: Readonly<Record<string, unknown>> }): Told {
    const { textMessage } = content;
    const isText = typeof textMessage === "string";
    const own = isText ? { text: textMessage } : { text: "", content };
    return tellWebhook(newAct(user, { kind: "message", channel: "rcs", ...own }), { event: "message", content });
  }

  return {
    writeSms({ smsNumber, text, ...user }) {
      const { moUrl, smsResultUrl, sharedNumbers, botId } = user.account.options;
      if (sharedNumbers !== undefined && !sharedNumbers.includes(smsNumber)) {
        const why = `${smsNumber} is no shared number of ${botId}: nobody can answer it`;
        return { sent: false, reason: "not-shared", why };
      }
      const url = moUrl ?? smsResultUrl;
      if (url === undefined) return { sent: false, reason: "no-url", why: `${botId} has no moUrl and no smsResultUrl` };
      const act = newAct(user, { kind: "mo", channel: "sms", smsNumber, text });
      const body = shapeReply(settings.smsResultShape, {
        msgId: act.msgId,
        smsNumber,
        from: user.from,
        text,
        at: act.at,
      });
      return tell(url, act, body);
    },
    writeMessage,
    tap({ kind, displayText, postbackData, inReplyTo, command, ...user }) {
      const response = { [kind]: { displayText, postback: { data: postbackData } } };
      const act = newAct(user, { kind: "response", channel: "rcs", text: displayText, inReplyTo });
      const told = tellWebhook(act, { event: "response", response });
      if (told.sent && command?.name === "requestDeviceSpecifics") {
        const answer = newAct(user, { kind: "response", channel: "rcs", text: deviceSpecifics.deviceModel });
        tellWebhook(answer, { event: "response", sharedData: { deviceSpecifics } });
      }
      if (told.sent && command?.name === "requestLocationPush") writeMessage({ ...user, content: ownPlace });
      return told;
    },
    register(user) {
      user.account.subscribers.add(user.from);
      return tellWebhook(newAct(user, { kind: "newUser", channel: "rcs", text: "" }), { event: "newUser" });
    },
    acts: (number) => byNumber.get(number) ?? [],
    numbers: () => byNumber.keys(),
    reset() {
      byNumber.clear();
      ring = [];
      actCount = 0;
    },
  };
}
