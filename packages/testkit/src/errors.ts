/** What can keep a server from starting; the text always ends with the mend. */
export type StackErrorCode = "postgres-unavailable" | "redis-unavailable" | "folder-in-use" | "start-failed";

/** PostgreSQL or Redis could not be provided. `message` names what was tried and the one thing to do. */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly code: StackErrorCode;

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
