export interface CliErrorOptions extends ErrorOptions {
  /** What to do about it, as a sentence. */
  mend?: string;
  /** 1 for a failure (default), 2 for a command that is not used as it should be. */
  exitCode?: 1 | 2;
}

/** A failure that is told to the user as it is: what happened and where, then the mend. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code = "CLI";
  readonly mend: string | null;
  readonly exitCode: 1 | 2;

  constructor(message: string, { mend, exitCode = 1, cause }: CliErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.mend = mend ?? null;
    this.exitCode = exitCode;
  }
}
