import type { NodeProcess } from "@hikyaku/testkit";

/** What the `starting-process.ts` ones have printed, in order of time. */
export function startsOf(processes: readonly NodeProcess[]): number[] {
  return processes
    .flatMap(({ stdout }) => stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n"))
    .filter((line) => line !== "")
    .flatMap((line) => JSON.parse(line) as number[])
    .sort((a, b) => a - b);
}

/** The most starts that any second (1,000 ms, wherever it begins) holds. */
export function mostInASecond(starts: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while ((starts[first] ?? at) <= at - 1_000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
