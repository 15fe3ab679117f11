/**
 * A gateway that counts any sliding second sees a start when it comes, not when its slot was. A start that comes late moves into seconds
 * that do not hold its slot, and one of them is over the limit as soon as the slot one second on is started at its own time. So
 * whoever starts late tells all processes of the route, and whoever holds the slot one second on starts it as late: nothing is lost,
 * and no second holds more starts than the limit, whichever processes they come from.
 *
 * The pace is a little slower than the limit ({@link marginMs}), so lateness wears off by {@link forgivenMs} a second. Were late slots
 * dropped instead, each pause of an event loop would cost its whole length.
 */

/** The starts of one second are spread over 1,000 ms and this. */
export const marginMs = 16;
/** Part of the margin for the network and the gateway's own loop. */
const onTheWayMs = 12;
/** How late a start may come without anybody having to know. */
export const forgivenMs = marginMs - onTheWayMs;
/** Later than this no start belongs to its slot any more; the slot is dropped. */
export const latestMs = 250;

const windowMs = 1_000 + marginMs;
/** Notes may gather for so long; they are wanted after a second. */
const tellEveryMs = 25;

export interface LateStarts {
  /** A start of this process came `lateMs` after its slot. `slotAt` is Redis's time, ms. */
  tell(slotAt: number, lateMs: number): void;
  /** Takes in what a process has told. What cannot be read is passed over: a process of another version may have said it. */
  hear(notes: string): void;
  /** So many ms after its own time a slot may start, because of a start one second before it. */
  delayOf(slotAt: number, intervalMs: number): number;
  close(): void;
}

/** @param publish brings notes to all processes of the route, this one among them */
export function createLateStarts(publish: (notes: string) => void): LateStarts {
  let told: [slotAt: number, lateMs: number][] = [];
  let known: { follower: number; delayMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** They come in the order of time, but for a little; dropping them now and then is cheaper than each by itself. */
  function forgetBefore(at: number): void {
    if ((known[Math.min(256, known.length - 1)]?.follower ?? Infinity) >= at) return;
    known = known.filter(({ follower }) => follower >= at);
  }

  return {
    tell(slotAt, lateMs) {
      if (lateMs <= forgivenMs) return;
      told.push([slotAt, lateMs]);
      timer ??= setTimeout(() => {
        timer = undefined;
        publish(told.map(([at, late]) => `${at.toFixed(3)}+${late.toFixed(1)}`).join(" "));
        told = [];
      }, tellEveryMs);
    },
    hear(notes) {
      for (const note of notes.split(" ")) {
        const [slotAt, lateMs] = note.split("+").map(Number);
        if (slotAt !== undefined && lateMs !== undefined && slotAt > 0 && lateMs <= latestMs) {
          known.push({ follower: slotAt + windowMs, delayMs: lateMs - forgivenMs });
        }
      }
      // Whoever has nothing to send asks for no delay, but hears all the same.
      forgetBefore((known.at(-1)?.follower ?? 0) - 3 * windowMs);
    },
    delayOf(slotAt, intervalMs) {
      forgetBefore(slotAt - windowMs);
      let delayMs = 0;
      for (const each of known) {
        const distance = each.follower - slotAt;
        if (distance >= -intervalMs / 2 && distance < intervalMs / 2) delayMs = Math.max(delayMs, each.delayMs);
      }
      return delayMs;
    },
    close() {
      clearTimeout(timer);
    },
  };
}
