import { afterEach, describe, expect, it, vi } from "vitest";
import { createClock, type SimClock } from "./clock.ts";

const hourMs = 3_600_000;
const clocks: SimClock[] = [];
function clock(): SimClock {
  const created = createClock();
  clocks.push(created);
  return created;
}
afterEach(() => {
  for (const created of clocks.splice(0)) created.close();
});

describe("createClock", () => {
  it("runs what is due in real time", async () => {
    const ran = vi.fn();
    const subject = clock();
    subject.schedule(subject.now() + 5, ran);
    expect(ran).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(ran).toHaveBeenCalledOnce());
  });

  it("a jump runs everything that fell due, in order, each with its own due time", () => {
    const subject = clock();
    const start = subject.now();
    const ran: [string, number][] = [];
    subject.schedule(start + 3 * hourMs, (at) => ran.push(["third", at - start]));
    subject.schedule(start + hourMs, (at) => {
      ran.push(["first", at - start]);
      subject.schedule(at + hourMs, (later) => ran.push(["second", later - start]));
    });
    subject.schedule(start + 5 * hourMs, () => ran.push(["beyond", 0]));
    subject.advance(4 * hourMs);
    expect(ran).toEqual([
      ["first", hourMs],
      ["second", 2 * hourMs],
      ["third", 3 * hourMs],
    ]);
    expect(subject.now() - start).toBeGreaterThanOrEqual(4 * hourMs);
  });

  it("events of the same time keep their order", () => {
    const subject = clock();
    const due = subject.now() + hourMs;
    const ran: number[] = [];
    for (let index = 0; index < 100; index++) subject.schedule(due, () => ran.push(index));
    subject.advance(2 * hourMs);
    expect(ran).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it("a reset forgets the events and the jumps", () => {
    const subject = clock();
    const ran = vi.fn();
    subject.advance(hourMs);
    subject.schedule(subject.now() + hourMs, ran);
    subject.reset();
    expect(Math.abs(subject.now() - Date.now())).toBeLessThan(1000);
    subject.advance(10 * hourMs);
    expect(ran).not.toHaveBeenCalled();
  });
});
