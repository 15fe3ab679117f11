import { readLogLine } from "./log-line.ts";
import { type App, type AppEnd, type AppSpec, startApp } from "./start-app.ts";

export interface KeptApp {
  readonly name: string;
  /** Where it can be reached, as it says. */
  readonly url: string | null;
  readonly pid: number | undefined;
  signal(signal: NodeJS.Signals): void;
  /** From now on its end is expected, and it is not started again. */
  letGo(): void;
  /** Lets it finish and starts it no more; answers how it ended. */
  stop(): Promise<AppEnd>;
  /** Ends it at once. */
  kill(): void;
}

export interface KeepRunningOptions extends AppSpec {
  /** What an operator should see: that it died, that it runs again. */
  tell: (line: string) => void;
}

/** The app could not be started at all. */
export class AppStartError extends Error {
  override readonly name = "AppStartError";
  readonly code = "APP_START";
  /** The last lines it printed. */
  readonly lastLines: readonly string[];

  constructor(app: string, end: AppEnd | null, lastLines: readonly string[]) {
    super(
      end === null
        ? `${app} was not ready within ${startWithinMs / 1_000} s`
        : `${app} ended (${endText(end)}) before it was ready`,
    );
    this.lastLines = lastLines;
  }

  /** The setting whose port it could not listen on, and why, with the mend; null when it was something else. */
  get portFault(): { setting: string; port: number; reason: string } | null {
    const fatal = this.lastLines.map(readLogLine).findLast((entry) => entry?.level === 60);
    const { setting, port, msg: reason } = fatal ?? {};
    if (typeof setting !== "string" || typeof port !== "number" || typeof reason !== "string") return null;
    return { setting, port, reason };
  }
}

const startWithinMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** An app that ran this long is taken for healthy: its next end begins with the short pause again. */
const healthyAfterMs = 60_000;
const linesKept = 20;

/**
 * Starts an app and starts it again whenever it ends by itself, with growing pauses.
 * @throws AppStartError when it does not come up the first time: then something is wrong that no repetition mends
 */
export async function keepRunning({ tell, ...spec }: KeepRunningOptions): Promise<KeptApp> {
  const lastLines: string[] = [];
  const start = () =>
    startApp({
      ...spec,
      onLine(line) {
        lastLines.push(line);
        if (lastLines.length > linesKept) lastLines.shift();
        spec.onLine(line);
      },
    });
  let app: App = start();
  let url: string | null = null;
  let isStopping = false;
  let pauseMs = firstPauseMs;
  let timer: NodeJS.Timeout | undefined;

  const ready = await within(app.started, startWithinMs);
  if (ready === null || ready === "late") {
    if (ready === "late") app.signal("SIGKILL");
    const end = await app.ended;
    throw new AppStartError(spec.name, ready === "late" ? null : end, lastLines);
  }
  url = ready.url;

  const watch = (watched: App) => {
    const startedAt = performance.now();
    void watched.ended.then((end) => {
      if (isStopping) return;
      if (performance.now() - startedAt > healthyAfterMs) pauseMs = firstPauseMs;
      tell(`${spec.name} has ended by itself (${endText(end)}); starting it again in ${pauseMs / 1_000} s`);
      timer = setTimeout(() => {
        app = start();
        void app.started.then((again) => {
          if (again === null) return;
          url = again.url;
          tell(`${spec.name} runs again`);
        });
        watch(app);
      }, pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  };
  watch(app);

  const letGo = () => {
    isStopping = true;
    clearTimeout(timer);
  };
  return {
    name: spec.name,
    get url() {
      return url;
    },
    get pid() {
      return app.pid;
    },
    signal: (signal) => app.signal(signal),
    letGo,
    async stop() {
      letGo();
      return await app.drain();
    },
    kill() {
      letGo();
      app.signal("SIGKILL");
    },
  };
}

export function endText({ code, signal }: AppEnd): string {
  return signal === null ? `exit code ${code}` : signal;
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
