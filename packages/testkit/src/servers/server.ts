/** A server that this process started, in a process or in a container of its own. */
export interface Server {
  /** Where it listens: 127.0.0.1 but for a Docker engine on another machine. */
  host: string;
  port: number;
  /** Shuts down in order; the data stay. */
  stop(): Promise<void>;
  /** Ends at once, as by a power cut. */
  kill(): Promise<void>;
  /** Starts again with the same port and data, and waits until it answers. Nothing happens while it runs. */
  start(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}
