/** A delay in milliseconds: fixed, or drawn evenly between two bounds. */
export type DelayMs = number | readonly [number, number];

export interface Random {
  /** Evenly distributed in [0, 1). */
  next(): number;
  draw(delay: DelayMs): number;
  /** True with the given probability; draws nothing when the answer is certain. */
  happens(rate: number): boolean;
}

/** mulberry32: the same seed gives the same run, which is what a failing test needs in order to be repeated. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    draw: (delay) => (typeof delay === "number" ? delay : delay[0] + next() * (delay[1] - delay[0])),
    happens: (rate) => rate > 0 && (rate >= 1 || next() < rate),
  };
}
