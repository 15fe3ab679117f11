/** What passes over the channel between {@link createKeeper} and `keeper-process.ts`. */

/** One server process: everything the keeper needs to start it and to end it. */
export interface ServerCommand {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Run as this user and group (only root can). */
  user?: { uid: number; gid: number };
  /** Written to its standard input, which is then closed: settings that must not show in a process list. */
  input?: string;
  /** Standard output and error go here; emptied at each start. */
  logFile: string;
  /** Signals that end it, gentlest first, each with the time it is given. SIGKILL follows by itself. */
  stopSignals: readonly StopSignal[];
}

export interface StopSignal {
  signal: NodeJS.Signals;
  waitMs: number;
}

export type KeeperOrder =
  | { kind: "start"; id: number; server: ServerCommand }
  | { kind: "stop"; id: number }
  | { kind: "signal"; id: number; signal: NodeJS.Signals }
  /** Remove this file or folder after the last server is gone. */
  | { kind: "remove"; path: string }
  | { kind: "end" };

export type KeeperNews =
  | { kind: "started"; id: number; pid: number }
  | { kind: "failed"; id: number; message: string }
  | { kind: "exited"; id: number; code: number | null; signal: NodeJS.Signals | null };
