import { randomInt } from "node:crypto";
import { v7 } from "uuid";

let lastMs = 0;
let sequence = 0;

/**
 * A UUIDv7, strictly increasing within the process also when the clock stands still or goes back. Rows inserted with it
 * keep the order of insertion, and the newest sit side by side in the index.
 */
export function newId(now: Date = new Date()): string {
  const ms = now.getTime();
  if (ms > lastMs) {
    lastMs = ms;
    sequence = randomInt(firstSequenceLimit);
  } else if (++sequence > maxSequence) {
    lastMs++;
    sequence = 0;
  }
  return v7({ msecs: lastMs, seq: sequence });
}

/** Random, so that two processes in the same millisecond do not meet; low, so that a millisecond has room. */
const firstSequenceLimit = 0x8000_0000;

/** The 32 bits that `uuid` places behind the milliseconds; the remaining 42 bits stay random. */
const maxSequence = 0xffff_ffff;
