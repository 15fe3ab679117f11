import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Random } from "../random.ts";
import type { Faults } from "./faults.ts";
import type { Message, StateChange } from "./message.ts";
import type { Notifier } from "./notifier.ts";
import type { Phone } from "./phones.ts";
import { shapeResult } from "./shapes.ts";

/** SMS result notifications (guide §2.3): one per state change, unless the number's behaviour or a fault says otherwise. */
export interface ResultPush {
  push(message: Message, phone: Phone, change: StateChange): void;
  /** Posts at once; resolves when the first post has ended, whatever came of it. */
  pushNow(message: Message, change: StateChange): Promise<void>;
}

export function createResultPush(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly random: Random;
  readonly notifier: Notifier;
  readonly faults: () => Faults;
}): ResultPush {
  const { settings, clock, random, notifier, faults } = deps;

  function urlFor(message: Message, change: StateChange): string | undefined {
    const isPushed = change.state !== "pending" && settings.smsResultStates.includes(change.state);
    return isPushed ? message.account.options.smsResultUrl : undefined;
  }

  function post(url: string, message: Message, change: StateChange, onPost = () => {}, onEnd = () => {}): void {
    if (change.notification !== "notified") change.notification = "waiting";
    const body = shapeResult(settings.smsResultShape, {
      msgId: message.msgId,
      state: change.state,
      at: change.at,
      to: message.to,
    });
    notifier.notify(url, body, {
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

  return {
    push(message, phone, change) {
      const url = urlFor(message, change);
      if (url === undefined) return;
      switch (phone.behaviour.notify) {
        case "never":
          change.notification = "lost";
          return;
        case "late":
          change.notification = "waiting";
          clock.schedule(change.at + settings.timing.lateNotificationMs, () => post(url, message, change));
          return;
        case "twice":
          post(url, message, change);
          post(url, message, change);
          return;
        case "reversed": {
          change.notification = "waiting";
          if (change.state === "sent") return;
          const held = [change, ...message.changes.filter((earlier) => earlier.state === "sent")];
          postInOrder(url, message, [...held, ...held]);
          return;
        }
        case undefined:
          break;
        default:
          phone.behaviour.notify satisfies never;
      }
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
