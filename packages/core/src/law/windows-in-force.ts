import { areOpen, type DeliveryWindow, nextCommonOpening } from "../schedule/delivery-window.ts";
import type { MessageClass } from "../schedule/message-class.ts";
import type { ClassRules } from "./class-rules.ts";
import { isOverridden, type RuleOverride } from "./rule-override.ts";

/** What decides when a campaign or a single message may go out. */
export interface Dispatchable {
  /** Null for what was created before there were classes: only its own window holds. */
  readonly class: MessageClass | null;
  readonly deliveryWindow: DeliveryWindow | null;
  readonly overrides: readonly RuleOverride[] | null;
}

/**
 * The windows that must all be open for it to go out: its own, and that of its class as the operator has set it by now,
 * unless that was overridden. Asked at every dispatch, so that a class's window that is made narrower holds at once, also for
 * what was scheduled before.
 */
export function windowsInForce(
  { class: messageClass, deliveryWindow, overrides }: Dispatchable,
  { windows }: Pick<ClassRules, "windows">,
): readonly DeliveryWindow[] {
  const ofClass = messageClass === null || isOverridden(overrides, "window") ? null : windows[messageClass];
  return [deliveryWindow, ofClass].filter((window) => window !== null);
}

/**
 * When a message may go out: `at` itself when it may now, else the next opening; null when its windows never open together.
 */
export function mayGoOutFrom(windows: readonly DeliveryWindow[], at: Date): Date | null {
  return areOpen(windows, at) ? at : nextCommonOpening(windows, at);
}
