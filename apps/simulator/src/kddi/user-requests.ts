import type { SimClock } from "../clock.ts";
import type { Account } from "./account.ts";
import type { Delivery } from "./delivery.ts";
import type { EndUser, Told } from "./end-user.ts";
import { hasState, type Message, shownAt } from "./message.ts";
import type { MessageStore } from "./message-store.ts";
import type { Phone, Phones } from "./phones.ts";
import { isObject } from "./rcs-content/fields.ts";
import { type Suggestion, suggestionsOf } from "./rcs-content/suggestions-of.ts";

export interface ReplyRequest {
  readonly from: string;
  readonly text: string;
  /** Default: the account and number of the last SMS sent to `from`, else the first account and its first number. */
  readonly botId?: string | undefined;
  readonly smsNumber?: string | undefined;
}

interface ByApp {
  readonly from: string;
  /** Default: the account of the last +Message to `from`, else the first account that has a webhook. */
  readonly botId?: string | undefined;
}

export interface WriteRequest extends ByApp {
  /** `textMessage`, `fileMessage`, `audioMessage` or `geolocationPushMessage` of an RCSMessage. */
  readonly content: Readonly<Record<string, unknown>>;
}

export interface TapRequest extends ByApp {
  /** Default: the last +Message on the phone that has a button. */
  readonly msgId?: string | undefined;
  /** Its text, or its place among the buttons of the message, from 0: those of the cards first, then the chips. Default 0. */
  readonly suggestion?: string | number | undefined;
}

export interface ReadRequest {
  readonly from: string;
  /** Default: everything that was not read yet. */
  readonly msgId?: string | undefined;
}

/** The phone cannot do that: it is off, has no app, or does not have that message or button. */
export class UserActError extends Error {
  readonly code = "USER_ACT";
  override readonly name = "UserActError";
  readonly reason: "phone-off" | "no-app" | "no-message" | "no-button";
  constructor(reason: UserActError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the person with a phone is made to do by hand; refused where no real phone could do it. */
export interface UserRequests {
  /** @throws UserActError when the phone is off. */
  reply(request: ReplyRequest): Told;
  /** @throws UserActError when the phone is off or without the app. */
  write(request: WriteRequest): Told;
  /** @throws UserActError as `write`, and when the phone has no such message or button. */
  tap(request: TapRequest): Told;
  /** @throws UserActError as `write`. */
  register(request: ByApp): Told;
  /** msgIds of what was read now. @throws UserActError as `write`, and when the message is not on the phone. */
  read(request: ReadRequest): readonly string[];
}

export function createUserRequests(deps: {
  readonly accounts: readonly Account[];
  readonly account: (botId: string) => Account;
  readonly clock: SimClock;
  readonly phones: Phones;
  readonly store: MessageStore;
  readonly delivery: Delivery;
  readonly endUser: EndUser;
}): UserRequests {
  const { accounts, account, clock, phones, store, delivery, endUser } = deps;

  function phoneInHand(number: string): Phone {
    const phone = phones.get(number);
    if (phone.offUntil !== undefined && phone.offUntil > clock.now()) {
      throw new UserActError("phone-off", `${number} is switched off; switch it on first`);
    }
    return phone;
  }

  function phoneWithApp(number: string): Phone {
    const phone = phoneInHand(number);
    if (phone.app === "installed") return phone;
    throw new UserActError("no-app", `${number} has no working +Message app (${phone.app})`);
  }

  function lastOf(number: string, channel: Message["channel"]): Message | undefined {
    return store.to(number).findLast((message) => message.channel === channel);
  }

  function officialAccount({ from, botId }: ByApp): Account {
    if (botId !== undefined) return account(botId);
    const known = lastOf(from, "rcs")?.account ?? accounts.find(({ options }) => options.webhookUrl !== undefined);
    return known ?? (accounts[0] as Account);
  }

  function onPhone(number: string): readonly Message[] {
    return store.to(number).filter((message) => message.channel === "rcs" && shownAt(message) !== undefined);
  }

  function findButton({ from, msgId, suggestion = 0 }: TapRequest): { message: Message; button: Suggestion } {
    const candidates = onPhone(from).filter((message) => msgId === undefined || message.msgId === msgId);
    if (msgId !== undefined && candidates.length === 0) {
      throw new UserActError("no-message", `${from} has no +Message ${msgId} on its screen`);
    }
    const message = candidates.findLast((candidate) => buttonsOf(candidate).length > 0);
    if (message === undefined) throw new UserActError("no-button", `${from} has no +Message with a button`);
    const buttons = buttonsOf(message);
    const button = buttons.find((each, index) => index === suggestion || each.displayText === suggestion);
    if (button !== undefined) return { message, button };
    const texts = buttons.map(({ displayText }) => displayText).join(", ");
    throw new UserActError("no-button", `the message has no button ${suggestion}; it has ${texts}`);
  }

  return {
    reply({ from, text, botId, smsNumber }) {
      phoneInHand(from);
      const last = lastOf(from, "sms");
      const sender = botId === undefined ? (last?.account ?? (accounts[0] as Account)) : account(botId);
      const lastNumber = last?.account === sender ? last.smsNumber : undefined;
      const to = smsNumber ?? lastNumber ?? (sender.options.smsNumbers[0] as string);
      return endUser.writeSms({ account: sender, from, smsNumber: to, text });
    },
    write({ content, ...user }) {
      phoneWithApp(user.from);
      const account = officialAccount(user);
      // Nobody writes without having the conversation open.
      for (const message of onPhone(user.from)) if (message.account === account) delivery.read(message);
      return endUser.writeMessage({ account, from: user.from, content });
    },
    tap(request) {
      phoneWithApp(request.from);
      const { message, button } = findButton(request);
      delivery.read(message);
      return endUser.tap({ ...button, account: message.account, from: request.from, inReplyTo: message.msgId });
    },
    register(user) {
      phoneWithApp(user.from);
      return endUser.register({ account: officialAccount(user), from: user.from });
    },
    read({ from, msgId }) {
      phoneWithApp(from);
      const wanted = onPhone(from).filter((message) => msgId === undefined || message.msgId === msgId);
      if (msgId !== undefined && wanted.length === 0) {
        throw new UserActError("no-message", `${from} has no +Message ${msgId} on its screen`);
      }
      return wanted
        .filter((message) => !hasState(message, "displayed") && delivery.read(message))
        .map(({ msgId }) => msgId);
    },
  };
}

function buttonsOf({ body }: Message): readonly Suggestion[] {
  const content: unknown = typeof body === "string" ? JSON.parse(body) : undefined;
  return isObject(content) ? suggestionsOf(content) : [];
}
