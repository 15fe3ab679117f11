import { lengthOfTime } from "../output/format.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Dates on the wire have whole seconds, and the answer took its way. */
const tolerableMs = 3_000;
const dangerousMs = 60_000;
const mend = "Keep the clocks by NTP.";

/** This machine's clock against another's. */
export function checkClock(whose: string, theirs: Date, ours: Date = new Date()): Finding[] {
  const apartMs = Math.abs(theirs.getTime() - ours.getTime());
  const words = `the clock of ${whose} and ours are ${lengthOfTime(apartMs)} apart`;
  if (apartMs > dangerousMs) return [fail("clock", words, mend)];
  return [apartMs > tolerableMs ? warn("clock", words, mend) : ok("clock", words)];
}
