import type { GlobalOptions } from "../cli.ts";
import type { ContentOptions } from "./campaign-options.ts";

/** How a file is read, as options of `import` and `send`. */
export interface FileOptions {
  toColumn?: string;
  encoding?: string;
  strict?: boolean;
  rejected?: string;
}

export interface SendOptions extends ContentOptions, FileOptions, GlobalOptions {
  dryRun?: boolean;
  /** False with `--no-wait`. */
  wait: boolean;
  waitReceipts?: number;
  yes?: boolean;
}
