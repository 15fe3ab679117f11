import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deficitRoundRobin, type FeedCandidate, startOfRound } from "./deficit-round-robin.ts";

const backlog = 1_000_000_000;

/** Many calls after each other, none of which runs out of messages; what each campaign got in all. */
function served(
  candidates: readonly FeedCandidate[],
  budgets: readonly number[],
  quantum?: number,
): Map<string, number> {
  const total = new Map(candidates.map(({ id }) => [id, 0]));
  let state = startOfRound;
  for (const budget of budgets) {
    const shares = deficitRoundRobin(state, candidates, budget, quantum);
    state = JSON.parse(JSON.stringify(shares.state));
    for (const [id, count] of shares.take) total.set(id, (total.get(id) ?? 0) + count);
  }
  return total;
}

const priority = fc.integer({ min: 1, max: 10 });
const id = fc.string({ minLength: 1, maxLength: 3 });
const backlogged = fc.uniqueArray(fc.record({ id, priority, available: fc.constant(backlog) }), {
  selector: (candidate) => candidate.id,
  minLength: 1,
  maxLength: 8,
});
const quantum = fc.integer({ min: 1, max: 20 });

describe("deficitRoundRobin", () => {
  test("shares follow the priorities", () => {
    const candidates = [
      { id: "low", priority: 1, available: backlog },
      { id: "high", priority: 9, available: backlog },
    ];
    expect(Object.fromEntries(served(candidates, [1_000]))).toEqual({ low: 100, high: 900 });
    expect(Object.fromEntries(served(candidates, Array(1_000).fill(1)))).toEqual({ low: 100, high: 900 });
  });

  test("what one campaign leaves goes to the others", () => {
    const candidates = [
      { id: "small", priority: 5, available: 3 },
      { id: "large", priority: 5, available: backlog },
    ];
    expect(deficitRoundRobin(startOfRound, candidates, 100).take).toEqual(
      new Map([
        ["small", 3],
        ["large", 97],
      ]),
    );
  });

  test("nobody inherits the turn of a campaign that has run out", () => {
    const candidates = [
      { id: "a", priority: 10, available: 1 },
      { id: "b", priority: 1, available: backlog },
      { id: "c", priority: 1, available: backlog },
    ];
    expect(Object.fromEntries(deficitRoundRobin(startOfRound, candidates, 7).take)).toEqual({ a: 1, b: 3, c: 3 });
  });

  test("a small campaign that comes later does not wait behind a large one", () => {
    const large = { id: "a-large", priority: 5, available: backlog };
    let { state } = deficitRoundRobin(startOfRound, [large], 12);
    const small = { id: "b-small", priority: 5, available: 20 };
    let given = 0;
    // Five to the large one, five to the small one, at most one unfinished turn before.
    for (let call = 0; call < 5; call++) {
      const shares = deficitRoundRobin(state, [large, { ...small, available: small.available - given }], 10);
      given += shares.take.get("b-small") ?? 0;
      state = shares.state;
    }
    expect(given).toBeGreaterThanOrEqual(20 - 5);
  });

  test("a turn that the budget cut off is finished by the next call", () => {
    const candidates = [
      { id: "a", priority: 4, available: backlog },
      { id: "b", priority: 4, available: backlog },
    ];
    const first = deficitRoundRobin(startOfRound, candidates, 3);
    expect(first).toEqual({ take: new Map([["a", 3]]), state: { next: "a", deficit: 1 } });
    expect(deficitRoundRobin(first.state, candidates, 3).take).toEqual(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
    const gone = deficitRoundRobin(first.state, candidates.slice(1), 3);
    expect(gone).toEqual({ take: new Map([["b", 3]]), state: { next: "b", deficit: 1 } });
  });

  test("nothing to take and nothing to spend are both fine", () => {
    expect(deficitRoundRobin(startOfRound, [], 10)).toEqual({ take: new Map(), state: startOfRound });
    expect(deficitRoundRobin(startOfRound, [{ id: "a", priority: 1, available: 0 }], 10).take.size).toBe(0);
    expect(deficitRoundRobin(startOfRound, [{ id: "a", priority: 1, available: 5 }], 0).take.size).toBe(0);
  });

  test("a priority outside 1 to 10 counts as the nearest one", () => {
    const candidates = [
      { id: "a", priority: 0, available: backlog },
      { id: "b", priority: 99, available: backlog },
    ];
    expect(Object.fromEntries(served(candidates, [110]))).toEqual({ a: 10, b: 100 });
  });

  test("never over the budget nor over what is there, and no budget is left while there is work", () => {
    const any = fc.uniqueArray(fc.record({ id, priority, available: fc.integer({ min: 0, max: 50 }) }), {
      selector: (candidate) => candidate.id,
    });
    const state = fc.record({ next: fc.option(id), deficit: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(state, any, fc.integer({ min: 0, max: 200 }), quantum, (from, candidates, budget, size) => {
        const { take } = deficitRoundRobin(from, candidates, budget, size);
        const available = new Map(candidates.map((candidate) => [candidate.id, candidate.available]));
        for (const [name, count] of take) {
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(available.get(name) ?? 0);
        }
        const taken = [...take.values()].reduce((sum, count) => sum + count, 0);
        const ready = [...available.values()].reduce((sum, count) => sum + count, 0);
        expect(taken).toBe(Math.min(budget, ready));
      }),
    );
  });

  test("when all have work, shares by priority differ by at most one quantum, whatever the budgets", () => {
    const budgets = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 });
    fc.assert(
      fc.property(backlogged, budgets, quantum, (candidates, spent, size) => {
        const total = served(candidates, spent, size);
        const rounds = candidates.map((candidate) => (total.get(candidate.id) ?? 0) / candidate.priority);
        expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(size + 1e-9);
      }),
    );
  });

  test("the order of the rows does not matter", () => {
    fc.assert(
      fc.property(backlogged, fc.integer({ min: 0, max: 100 }), (candidates, budget) => {
        const forward = deficitRoundRobin(startOfRound, candidates, budget);
        expect(deficitRoundRobin(startOfRound, [...candidates].reverse(), budget)).toEqual(forward);
      }),
    );
  });

  test("a campaign with work is served within one round, whatever the others do", () => {
    fc.assert(
      fc.property(backlogged, quantum, (candidates, size) => {
        const round = candidates.reduce((sum, candidate) => sum + candidate.priority * size, 0);
        expect(served(candidates, Array(round).fill(1), size)).toEqual(
          new Map(candidates.map((candidate) => [candidate.id, candidate.priority * size])),
        );
      }),
    );
  });
});
