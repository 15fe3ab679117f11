import type { Terminal } from "./output/terminal.ts";

export interface Interruption {
  /** The first Ctrl-C: come to an end in order. */
  once: AbortSignal;
  /** The second: end now. A third ends the process whatever it does. */
  twice: AbortSignal;
}

/** Everything a command has from outside. Handed down; nothing below reads `process`. */
export interface World {
  terminal: Terminal;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /**
   * Ctrl-C and SIGTERM. A command that asks for it ends by itself and says how it leaves things; the others are simply
   * ended.
   */
  interruption(): Interruption;
  /** SIGHUP: read the configuration again. Answers the way to stop listening. */
  onHangup(listener: () => void): () => void;
  /** Lines typed by the user; null when nobody sits there. */
  ask: ((question: string) => Promise<string>) | null;
}

/** Options that every command takes. */
export interface GlobalOptions {
  config?: string;
  dataDir?: string;
  json?: boolean;
  debug?: boolean;
}

/** 0 success, 1 failure, 2 usage. */
export type ExitCode = 0 | 1 | 2;

/** What commands are built with: the world, and how an action's end becomes the exit code. */
export interface Cli extends World {
  /** Wraps an action: its answer is the exit code (nothing: 0); what it throws is told by {@link run}. */
  action<Arguments extends unknown[]>(
    act: (...given: Arguments) => Promise<ExitCode | undefined>,
  ): (...given: Arguments) => Promise<void>;
}
