import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Random } from "../random.ts";
import type { Faults } from "./faults.ts";
import type { Message, StateChange } from "./message.ts";
import type { Notifier } from "./notifier.ts";
import type { Phone } from "./phones.ts";
import { shapeWebhook } from "./rcs-shapes.ts";
import { shapeResult } from "./shapes.ts";

/**
 * What the company is told of a message: SMS results (guide §2.3) or the webhook `messageStatus` (guide §2.1), one for each
 * change of state, unless the number's behaviour or a fault says otherwise.
 */
export interface StatePush {
  push(message: Message, phone: Phone, change: StateChange): void;
  /** Posts at once; resolves when the first post has ended, whatever came of it. */
  pushNow(message: Message, change: StateChange): Promise<void>;
}

export function createStatePush(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly random: Random;
  readonly notifier: Notifier;
  readonly faults: () => Faults;
}): StatePush {
  const { settings, clock, random, notifier, faults } = deps;
  const pushed = {
    sms: new Set<string>(settings.smsResultStates),
    rcs: new Set<string>(settings.webhookStates),
  };

  function urlFor({ channel, account }: Message, change: StateChange): string | undefined {
    if (!pushed[channel].has(change.state)) return undefined;
    return channel === "sms" ? account.options.smsResultUrl : account.options.webhookUrl;
  }

  function bodyOf({ channel, msgId, to }: Message, { state, at, reason }: StateChange): string {
    if (channel === "sms") return shapeResult(settings.smsResultShape, { msgId, state, at, to });
    return shapeWebhook(settings.webhookShape, { event: "messageStatus", msgId, from: to, at, state, reason });
  }

  function post(url: string, message: Message, change: StateChange, onPost = () => {}, onEnd = () => {}): void {
    if (change.notification !== "notified") change.notification = "waiting";
    notifier.notify(url, () => bodyOf(message, change), {
      onPost() {
        change.posts++;
        onPost();
      },
      onEnd(notified) {
        if (notified) change.notification = "notified";
        else if (change.notification === "waiting") change.notification = "lost";
        onEnd();
      },
    });
  }

  /** One after the other, so that the order on the wire is the one asked for. */
  function postInOrder(url: string, message: Message, changes: readonly StateChange[]): void {
    const [change, ...rest] = changes;
    if (change !== undefined) post(url, message, change, undefined, () => postInOrder(url, message, rest));
  }

  function earlier(message: Message, state: StateChange["state"]): StateChange[] {
    return message.changes.filter((change) => change.state === state);
  }

  /** Pushes as the number has it; false = nothing special about it. */
  function pushInItsManner(url: string, message: Message, phone: Phone, change: StateChange): boolean {
    const { notify } = phone.behaviour;
    switch (notify) {
      case "never":
        change.notification = "lost";
        return true;
      case "late":
        change.notification = "waiting";
        clock.schedule(change.at + settings.timing.lateNotificationMs, () => post(url, message, change));
        return true;
      case "twice":
        post(url, message, change);
        post(url, message, change);
        return true;
      case "reversed": {
        change.notification = "waiting";
        if (change.state === "sent") return true;
        const held = [change, ...earlier(message, "sent")];
        postInOrder(url, message, [...held, ...held]);
        return true;
      }
      case "displayed-first":
        if (message.channel === "sms") return false;
        if (change.state === "delivered") change.notification = "waiting";
        else if (change.state === "displayed") postInOrder(url, message, [change, ...earlier(message, "delivered")]);
        else return false;
        return true;
      case undefined:
        return false;
      default:
        return notify satisfies never;
    }
  }

  return {
    push(message, phone, change) {
      const url = urlFor(message, change);
      if (url === undefined || pushInItsManner(url, message, phone, change)) return;
      const { notificationLost, notificationTwice } = faults();
      if (random.happens(notificationLost)) {
        change.notification = "lost";
        return;
      }
      post(url, message, change);
      if (random.happens(notificationTwice)) post(url, message, change);
    },
    pushNow(message, change) {
      const url = urlFor(message, change);
      if (url === undefined) return Promise.resolve();
      return new Promise((resolve) => post(url, message, change, resolve));
    },
  };
}
