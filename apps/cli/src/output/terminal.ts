import { once } from "node:events";
import pc from "picocolors";

/** Where text goes: standard output, standard error, or a test's memory. */
export interface Writer {
  write(text: string): void;
  /** Waits until what was written is on its way, so that a long output does not pile up in memory. */
  drained(): Promise<void>;
  readonly isTTY: boolean;
  /** Width in cells; 80 where there is no screen. */
  readonly columns: number;
}

export type Paint = ReturnType<typeof pc.createColors>;

/** Results go to `out`; progress, notices and errors to `err`. */
export interface Terminal {
  out: Writer;
  err: Writer;
  /** Colours for each, which do nothing where they are not wanted. */
  outPaint: Paint;
  errPaint: Paint;
}

export function createTerminal(out: Writer, err: Writer, env: Readonly<Record<string, string | undefined>>): Terminal {
  return { out, err, outPaint: pc.createColors(isColoured(out, env)), errPaint: pc.createColors(isColoured(err, env)) };
}

/** https://no-color.org: any value that is not empty turns colours off, wherever the text goes. */
function isColoured(writer: Writer, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return writer.isTTY && env.TERM !== "dumb";
}

export function streamWriter(stream: NodeJS.WriteStream): Writer {
  return {
    write: (text) => void stream.write(text),
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, "drain");
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
  };
}
