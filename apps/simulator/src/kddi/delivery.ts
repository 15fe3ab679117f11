import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Random } from "../random.ts";
import { type CourseStep, carriers, courses, type SmsState } from "./behaviours.ts";
import type { Message, StateChange } from "./message.ts";
import type { Phone } from "./phones.ts";
import type { Replies } from "./replies.ts";
import type { ResultPush } from "./result-push.ts";

/** Takes an accepted SMS through its states in simulated time (protocol notes §19.4). */
export interface Delivery {
  begin(message: Message, phone: Phone): void;
  /** Behaviour 24: `sent` is reached and pushed now; resolves when the first post of it has ended. */
  beginNotified(message: Message, phone: Phone): Promise<void>;
}

export function createDelivery(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly random: Random;
  readonly push: ResultPush;
  readonly replies: Replies;
}): Delivery {
  const { settings, clock, random, push, replies } = deps;
  const { timing } = settings;

  function courseOf(message: Message, phone: Phone): readonly CourseStep[] {
    const dstCarrier = message.dst === "0" ? undefined : carriers[Number(message.dst) - 1];
    const isMisdirected = dstCarrier !== undefined && dstCarrier !== phone.carrier;
    if (phone.blocked || (isMisdirected && settings.wrongDst === "failed")) return courses.failed;
    return courses[phone.behaviour.course ?? "delivered"];
  }

  function enter(message: Message, phone: Phone, state: Exclude<SmsState, "pending">, at: number): StateChange {
    const change: StateChange = { state, at, notification: "none", posts: 0 };
    message.changes.push(change);
    const reply = phone.behaviour.replies;
    if (state === "delivered" && reply !== undefined) {
      clock.schedule(at + timing.moAfterMs, () => {
        replies.send({ account: message.account, from: message.to, smsNumber: message.smsNumber, text: reply });
      });
    }
    return change;
  }

  function follow(message: Message, phone: Phone, steps: readonly CourseStep[], from: number): void {
    const [step, ...rest] = steps;
    if (step === undefined) return;
    const { state, due } = reach(step, phone, from);
    clock.schedule(due, (at) => {
      push.push(message, phone, enter(message, phone, state, at));
      if (state === step.state) follow(message, phone, rest, at);
    });
  }

  /** A phone that is off makes `delivered` wait; longer than the carriers keep trying, it fails. */
  function reach(step: CourseStep, phone: Phone, from: number): { state: CourseStep["state"]; due: number } {
    const due = from + (step.after === "nothing" ? 0 : random.draw(timing[step.after]));
    if (step.state !== "delivered" || phone.offUntil === undefined || phone.offUntil <= due) {
      return { state: step.state, due };
    }
    const givesUpAt = from + timing.phoneOffMs;
    return phone.offUntil > givesUpAt
      ? { state: "failed", due: givesUpAt }
      : { state: "delivered", due: phone.offUntil };
  }

  return {
    begin(message, phone) {
      follow(message, phone, courseOf(message, phone), message.acceptedAt);
    },
    beginNotified(message, phone) {
      const [, ...rest] = courseOf(message, phone);
      const at = clock.now();
      const change = enter(message, phone, "sent", at);
      follow(message, phone, rest, at);
      return push.pushNow(message, change);
    },
  };
}
