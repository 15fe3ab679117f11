import { z } from "zod";
import type { SimClock } from "../clock.ts";
import { type Answer, ok, refused } from "./answer.ts";
import { badFields } from "./body-fields.ts";
import { nothingFound } from "./refusal.ts";
import { withMilliseconds } from "./times.ts";

const numbersSchema = z
  .array(z.looseObject({ clientTelNo: z.string().regex(/^\d{4,15}$/, "only digits") }))
  .min(1)
  .max(1_000, "at most 1,000 numbers");

const whole = z.string().regex(/^\d+$/, "only digits").transform(Number);
const querySchema = z.looseObject({
  clientTelNo: z.string().regex(/^\d+$/, "only digits").optional(),
  startTime: whole.optional(),
  endTime: whole.optional(),
  pageSize: whole.pipe(z.number().min(1).max(100)).optional(),
  pageIndex: whole.optional(),
});

interface OptOut {
  readonly clientTelNo: string;
  readonly atMs: number;
}

/** Numbers that take no advertising (protocol notes §14.3). Entered by hand only: nobody calls the 080 number of a simulator. */
export function createOptOuts(clock: SimClock) {
  const byNumber = new Map<string, OptOut>();
  const shown = ({ clientTelNo, atMs }: OptOut) => ({
    clientTelNo,
    registerType: "M",
    registerTime: withMilliseconds(atMs),
  });
  const readNumbers = (json: unknown) => {
    const read = numbersSchema.safeParse(json);
    return read.success ? read.data.map(({ clientTelNo }) => clientTelNo) : refused(badFields(read.error));
  };

  return {
    has: (number: string): boolean => byNumber.has(number),
    list(query: Readonly<Record<string, string>>): Answer {
      const read = querySchema.safeParse(query);
      if (!read.success) return refused(badFields(read.error));
      const { clientTelNo, startTime = 0, endTime = Infinity, pageSize = 20, pageIndex = 0 } = read.data;
      const found = [...byNumber.values()].filter(
        (entry) =>
          (clientTelNo === undefined || entry.clientTelNo === clientTelNo) &&
          entry.atMs >= startTime &&
          entry.atMs <= endTime,
      );
      const page = found.slice(pageIndex * pageSize, (pageIndex + 1) * pageSize);
      return page.length === 0 ? refused(nothingFound) : ok(page.map(shown));
    },
    add(json: unknown): Answer {
      const numbers = readNumbers(json);
      if (!Array.isArray(numbers)) return numbers;
      const atMs = clock.now();
      for (const number of numbers) {
        if (!byNumber.has(number)) byNumber.set(number, { clientTelNo: number, atMs });
      }
      return ok(numbers.map((number) => shown(byNumber.get(number) ?? { clientTelNo: number, atMs })));
    },
    remove(json: unknown): Answer {
      const numbers = readNumbers(json);
      if (!Array.isArray(numbers)) return numbers;
      for (const number of numbers) byNumber.delete(number);
      return ok(undefined, 204);
    },
    reset(): void {
      byNumber.clear();
    },
  };
}

export type OptOuts = ReturnType<typeof createOptOuts>;
