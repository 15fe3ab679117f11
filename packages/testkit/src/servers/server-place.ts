import type { Keeper } from "../keeper/keeper.ts";

/** Where and how a server is to live. */
export interface ServerPlace {
  env: NodeJS.ProcessEnv;
  keeper: Keeper;
  /** Its data and log go here. */
  folder: string;
  /** Makes a folder, reachable for every account, for what is needed only while it runs. */
  scratch(): Promise<string>;
  /** Letters and digits only. */
  password: string;
  /** Tried first. */
  port?: number | undefined;
  /** Whether the data are to be there at the next run. */
  isPersistent: boolean;
  preferDocker: boolean;
  log(line: string): void;
}
