import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Random } from "../random.ts";
import { type CourseStep, carriers, courses } from "./behaviours.ts";
import type { EndUser } from "./end-user.ts";
import { type FailureReason, hasState, type Message, type StateChange } from "./message.ts";
import type { Phone, Phones } from "./phones.ts";
import { isObject } from "./rcs-content/fields.ts";
import { suggestionsOf } from "./rcs-content/suggestions-of.ts";
import { refusalCodes } from "./refusal.ts";
import type { StatePush } from "./state-push.ts";
import { createWaitingRoom, type Waiting } from "./waiting-room.ts";

/** Takes an accepted message through its states in simulated time (protocol notes §19.3, §19.4). */
export interface Delivery {
  /** `expiresAt`: when the platform gives up a +Message and revokes it. */
  begin(message: Message, phone: Phone, expiresAt?: number): void;
  /** Behaviour 24: `sent` is reached and pushed now; resolves when the first post of it has ended. */
  beginNotified(message: Message, phone: Phone, expiresAt?: number): Promise<void>;
  /** Something was set for this number: what waited for the phone is tried again. */
  phoneChanged(number: string): void;
  /** The user reads a +Message that has arrived; false = it has not, or was read before. */
  read(message: Message): boolean;
  /** The message makes room for newer ones. */
  forget(message: Message): void;
  reset(): void;
}

const notAUser: FailureReason = { code: refusalCodes.notAnRcsUser, text: "not an RCS user" };
const timedOut: FailureReason = { code: refusalCodes.timedOut, text: "the phone could not be reached in time" };
const displayed: CourseStep = { state: "displayed", after: "displayedAfterMs" };

export function createDelivery(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly random: Random;
  readonly phones: Phones;
  readonly push: StatePush;
  readonly endUser: EndUser;
}): Delivery {
  const { settings, clock, random, phones, push, endUser } = deps;
  const { timing } = settings;
  const waitingRoom = createWaitingRoom();

  function courseOf(message: Message, phone: Phone): readonly CourseStep[] {
    const { behaviour } = phone;
    const dstCarrier = message.dst === "0" ? undefined : carriers[Number(message.dst) - 1];
    const isMisdirected = dstCarrier !== undefined && dstCarrier !== phone.carrier;
    if (message.channel === "rcs" && phone.app === "none") return courses.failedBeforeSent;
    if (phone.blocked || (isMisdirected && settings.wrongDst === "failed")) return courses.failed;
    const own = message.channel === "rcs" ? (behaviour.rcsCourse ?? behaviour.course) : behaviour.course;
    return courses[own ?? "delivered"];
  }

  function reasonOf(message: Message, phone: Phone, step: CourseStep): FailureReason | undefined {
    if (message.channel === "sms" || step.state !== "failed") return undefined;
    if (phone.app === "none") return notAUser;
    return step.after === "phoneOffMs" ? timedOut : undefined;
  }

  function enter(
    message: Message,
    phone: Phone,
    state: StateChange["state"],
    at: number,
    reason?: FailureReason,
  ): StateChange {
    const change: StateChange = { state, at, notification: "none", posts: 0, reason };
    message.changes.push(change);
    if (state === "delivered") afterDelivery(message, phone, at);
    return change;
  }

  function enterAndPush(
    message: Message,
    phone: Phone,
    state: StateChange["state"],
    at: number,
    reason?: FailureReason,
  ): void {
    push.push(message, phone, enter(message, phone, state, at, reason));
  }

  function follow(message: Message, phone: Phone, steps: readonly CourseStep[], index: number, from: number): void {
    const step = steps[index];
    if (step === undefined) return;
    const due = from + (step.after === "nothing" ? 0 : random.draw(timing[step.after]));
    clock.schedule(due, (at) => arrive({ message, phone, steps, index }, at));
  }

  function arrive({ message, phone, steps, index }: Waiting, at: number): void {
    const step = steps[index];
    if (step === undefined || hasState(message, "revoked") || hasState(message, step.state)) return;
    const needsPhone = step.state === "delivered" || step.state === "displayed";
    if (needsPhone && !isReachable(message, phones.now(phone), at)) {
      wait({ message, phone, steps, index }, at);
      return;
    }
    enterAndPush(message, phone, step.state, at, reasonOf(message, phone, step));
    follow(message, phone, steps, index + 1, at);
  }

  function isReachable({ channel }: Message, { offUntil, app }: Phone, at: number): boolean {
    return (offUntil === undefined || offUntil <= at) && (channel === "sms" || app === "installed");
  }

  /**
   * Until the phone is there again. The carriers try a phone that is off for `phoneOffMs`, counted from `sent`; an app that
   * is gone is not noticed at all (guide §1.5), so a +Message to it waits for ever.
   */
  function wait(waiting: Waiting, at: number): void {
    const { message } = waiting;
    waitingRoom.enter(waiting);
    const { offUntil } = phones.now(waiting.phone);
    if (offUntil === undefined || offUntil <= at) return;
    if (offUntil !== Number.POSITIVE_INFINITY) clock.schedule(offUntil, (now) => letIn(message.to, now));
    const sentAt = message.changes.find(({ state }) => state === "sent")?.at ?? at;
    clock.schedule(Math.max(at, sentAt + timing.phoneOffMs), (now) => {
      const phone = phones.now(waiting.phone);
      const isOff = phone.offUntil !== undefined && phone.offUntil > now;
      if (!isOff || hasState(message, "delivered") || !waitingRoom.leave(message)) return;
      enterAndPush(message, phone, "failed", now, message.channel === "rcs" ? timedOut : undefined);
    });
  }

  function letIn(number: string, at: number): void {
    for (const waiting of waitingRoom.callAll(number)) arrive(waiting, at);
  }

  function revokeAt(message: Message, phone: Phone, expiresAt: number): void {
    clock.schedule(expiresAt, (at) => {
      const isOver = message.changes.some(({ state }) => state !== "sent");
      if (isOver) return;
      waitingRoom.leave(message);
      enterAndPush(message, phone, "revoked", at);
      if (!phone.behaviour.arrivesAfterRevoke) return;
      clock.schedule(at + random.draw(timing.deliveredAfterMs), (now) =>
        enterAndPush(message, phone, "delivered", now),
      );
    });
  }

  function afterDelivery(message: Message, phone: Phone, at: number): void {
    if (phone.behaviour.reacts !== undefined) {
      clock.schedule(at + timing.moAfterMs, () => react(message, phone));
    }
    if (message.channel === "sms") return;
    const delayMs = readDelayMs(phones.now(phone));
    if (delayMs === undefined) return;
    clock.schedule(at + delayMs, (now) => arrive({ message, phone, steps: [displayed], index: 0 }, now));
  }

  /** From delivery to reading; `undefined` = the user does not read it, or has receipts switched off. */
  function readDelayMs({ read, behaviour, behaviourCode }: Phone): number | undefined {
    if (read === "never") return undefined;
    if (read !== undefined) return read;
    const reads = behaviour.reads ?? (behaviourCode === undefined && random.happens(settings.readShare));
    return reads ? random.draw(timing.displayedAfterMs) : undefined;
  }

  /** Whoever answers a +Message has read it. */
  function react(message: Message, phone: Phone): void {
    const { reacts } = phone.behaviour;
    const { account, to: from, smsNumber } = message;
    if (reacts === undefined) return;
    if (message.channel === "sms") {
      if (reacts.kind === "writes") endUser.writeSms({ account, from, smsNumber, text: reacts.text });
      return;
    }
    read(message);
    if (reacts.kind === "writes") {
      endUser.writeMessage({ account, from, content: { textMessage: reacts.text } });
      return;
    }
    const content: unknown = typeof message.body === "string" ? JSON.parse(message.body) : undefined;
    const [first] = isObject(content) ? suggestionsOf(content) : [];
    if (first !== undefined) endUser.tap({ account, from, ...first, inReplyTo: message.msgId });
  }

  function read(message: Message): boolean {
    if (message.channel === "sms" || !hasState(message, "delivered") || hasState(message, "displayed")) return false;
    waitingRoom.leave(message);
    enterAndPush(message, phones.get(message.to), "displayed", clock.now());
    return true;
  }

  function prepare(message: Message, phone: Phone, expiresAt: number | undefined): void {
    if (message.channel === "sms") return;
    const isNew = phone.behaviour.registersFirst && !message.account.subscribers.has(message.to);
    if (isNew) endUser.register({ account: message.account, from: message.to });
    if (expiresAt !== undefined && settings.obeysExpiry) revokeAt(message, phone, expiresAt);
  }

  return {
    begin(message, phone, expiresAt) {
      prepare(message, phone, expiresAt);
      follow(message, phone, courseOf(message, phone), 0, message.acceptedAt);
    },
    beginNotified(message, phone, expiresAt) {
      prepare(message, phone, expiresAt);
      const at = clock.now();
      const course = courseOf(message, phone);
      const [first] = course;
      if (first?.state !== "sent") {
        follow(message, phone, course, 0, at);
        return Promise.resolve();
      }
      const change = enter(message, phone, "sent", at);
      follow(message, phone, course, 1, at);
      return push.pushNow(message, change);
    },
    phoneChanged: (number) => letIn(number, clock.now()),
    read,
    forget: (message) => void waitingRoom.leave(message),
    reset: waitingRoom.reset,
  };
}
