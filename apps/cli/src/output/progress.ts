import { cutToWidth } from "./display-width.ts";
import { type ProgressState, progressLine } from "./progress-line.ts";
import type { Writer } from "./terminal.ts";

export interface Progress {
  update(state: ProgressState): void;
  /** A line of text above the bar. */
  say(line: string): void;
  /** Leaves the last state standing. Harmless when repeated. */
  stop(): void;
}

const drawEveryMs = 100;
/** Where there is no screen to draw on: a line now and then, as for a log. */
const logEveryMs = 5_000;
const barCells = 20;

/** Shows progress on `writer`: one line that is drawn over on a screen, else a line every five seconds. */
export function createProgress(writer: Writer, now: () => number = () => performance.now()): Progress {
  const everyMs = writer.isTTY ? drawEveryMs : logEveryMs;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let pending: ProgressState | null = null;
  let isShown = false;
  let isStopped = false;

  const draw = (state: ProgressState) => {
    drawnAt = now();
    pending = null;
    const line = progressLine(state, { barCells: writer.isTTY && writer.columns >= 60 ? barCells : 0 });
    // Cut to the width: a line that wraps can't be drawn over.
    if (writer.isTTY) writer.write(`\r\u001b[2K${cutToWidth(line, writer.columns - 1)}`);
    else writer.write(`${line}\n`);
    isShown = true;
  };

  return {
    update(state) {
      if (isStopped) return;
      pending = state;
      if (now() - drawnAt >= everyMs) draw(state);
    },
    say(line) {
      writer.write(writer.isTTY && isShown ? `\r\u001b[2K${line}\n` : `${line}\n`);
    },
    stop() {
      if (isStopped) return;
      if (pending !== null) draw(pending);
      isStopped = true;
      if (writer.isTTY && isShown) writer.write("\n");
    },
  };
}
