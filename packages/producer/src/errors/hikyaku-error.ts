/** Every error this library throws on purpose. `code` is stable; the message names what is wrong and the mend. */
export abstract class HikyakuError extends Error {
  abstract readonly code: string;
}

/** One fault of what was given. */
export interface Fault {
  /** Where it stands, e.g. `content.text`, `validFor`, `recipients`. */
  path: string;
  /** What is wrong with it, and the mend. */
  message: string;
  /** Countable name of the fault, where it has one. */
  code?: string;
}

/** `path: message`, one after the other. */
export function listFaults(faults: readonly Fault[]): string {
  return faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
}
