import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecipientSet } from "./recipient-set.ts";

test("it answers as a set of strings would", () => {
  const recipient = fc.oneof(
    fc.stringMatching(/^\+81[789]0\d{2}$/),
    fc.stringMatching(/^\+[1-9]\d{0,14}$/),
    fc.constantFrom("", "+", "+0", "+01", "12", "+12 ", "+1234567890123456", "user@example.com"),
  );
  fc.assert(
    fc.property(fc.array(recipient, { maxLength: 300 }), (recipients) => {
      const ours = createRecipientSet();
      const known = new Set<string>();
      for (const each of recipients) {
        expect(ours.add(each)).toBe(!known.has(each));
        known.add(each);
      }
    }),
  );
});

test("it grows beyond its first size without forgetting anybody", () => {
  const set = createRecipientSet();
  const numbers = Array.from({ length: 20_000 }, (_, index) => `+8190${String(index * 7919).padStart(8, "0")}`);
  expect(numbers.every((number) => set.add(number))).toBe(true);
  expect(numbers.some((number) => set.add(number))).toBe(false);
});
