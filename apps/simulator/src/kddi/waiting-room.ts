import type { CourseStep } from "./behaviours.ts";
import type { Message } from "./message.ts";
import type { Phone } from "./phones.ts";

/** A message whose next step needs the phone, which cannot be reached. */
export interface Waiting {
  readonly message: Message;
  readonly phone: Phone;
  readonly steps: readonly CourseStep[];
  readonly index: number;
}

export interface WaitingRoom {
  enter(waiting: Waiting): void;
  /** False = it was not waiting. */
  leave(message: Message): boolean;
  /** Everything that waits for this number; it waits no more. */
  callAll(number: string): readonly Waiting[];
  reset(): void;
}

export function createWaitingRoom(): WaitingRoom {
  const byNumber = new Map<string, Waiting[]>();
  return {
    enter(waiting) {
      const others = byNumber.get(waiting.message.to);
      if (others === undefined) byNumber.set(waiting.message.to, [waiting]);
      else others.push(waiting);
    },
    leave(message) {
      const others = byNumber.get(message.to);
      const left = others?.filter((waiting) => waiting.message !== message);
      if (others === undefined || left === undefined || left.length === others.length) return false;
      if (left.length === 0) byNumber.delete(message.to);
      else byNumber.set(message.to, left);
      return true;
    },
    callAll(number) {
      const called = byNumber.get(number) ?? [];
      byNumber.delete(number);
      return called;
    },
    reset: () => byNumber.clear(),
  };
}
