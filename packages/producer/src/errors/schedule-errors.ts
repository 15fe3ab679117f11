import { HikyakuError } from "./hikyaku-error.ts";

/** There is no schedule of this code. */
export class ScheduleNotFoundError extends HikyakuError {
  override readonly name = "ScheduleNotFoundError";
  readonly code = "schedule-not-found";

  constructor(code: string) {
    super(`code: there is no schedule "${code}"; create it first`);
  }
}

/** The code belongs to another schedule. */
export class ScheduleConflictError extends HikyakuError {
  override readonly name = "ScheduleConflictError";
  readonly code = "schedule-conflict";

  constructor(message: string) {
    super(message);
  }
}
