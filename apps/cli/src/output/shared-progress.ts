import type { Progress } from "./progress.ts";
import type { ProgressState } from "./progress-line.ts";

/**
 * One line for several things that go on side by side: the first that is not through is shown in full, the others by how far they are.
 */
export function shareProgress(progress: Progress, names: readonly string[]): Progress[] {
  const latest = new Map<string, ProgressState>();
  const running = new Set(names);
  const show = (): void => {
    const shown = names.find((name) => running.has(name) && latest.has(name)) ?? [...latest.keys()].at(-1);
    const state = shown === undefined ? undefined : latest.get(shown);
    if (shown === undefined || state === undefined) return;
    const others = [...latest].flatMap(([name, { done, total }]) =>
      name === shown ? [] : [`${name} ${percentOf(done, total)}`],
    );
    progress.update({
      ...state,
      label: `${shown} ${state.label}`,
      note: [state.note, ...others].filter(Boolean).join(" · "),
    });
  };
  return names.map((name) => ({
    update(state) {
      latest.set(name, state);
      show();
    },
    say: (line) => progress.say(`${name}: ${line}`),
    stop() {
      running.delete(name);
      show();
      if (running.size === 0) progress.stop();
    },
  }));
}

function percentOf(done: number, total: number | null): string {
  return total === null || total === 0 ? String(done) : `${Math.floor((done / total) * 100)} %`;
}
