import fc from "fast-check";
import { expect, test } from "vitest";
import { createStartLog } from "./start-log.ts";

test("it counts the starts of the second that ends now", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { maxLength: 4_000 }), (gaps) => {
      const log = createStartLog();
      const starts: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap / 50;
        log.add(now);
        starts.push(now);
      }
      now += 200;
      expect(log.count(now)).toBe(starts.filter((at) => at > now - 1_000).length);
    }),
    { numRuns: 30 },
  );
});
