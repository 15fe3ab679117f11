/** One thing wrong with the configuration, told so that it can be mended without reading the code. */
export interface ConfigFault {
  /** The file as it was named to us; null when there is none (a value from the environment). */
  file: string | null;
  /** 1-based; null where the place is not known. */
  line: number | null;
  /** e.g. `routes.coupon-sms.limits.tps`; empty for the file as a whole. */
  path: string;
  found: string;
  expected: string;
  mend: string;
}

/** One line a fault: place, path, what was found, what is expected, what to do. */
export function formatFault(fault: ConfigFault): string {
  const place = [fault.file, fault.line].filter((part) => part !== null).join(":");
  const subject = [place, fault.path].filter((part) => part !== "").join(" ");
  return `${subject === "" ? "configuration" : subject}: found ${fault.found}, expected ${fault.expected}. ${fault.mend}.`;
}

/** Thrown by {@link requireConfig}; `message` holds every fault, one a line. */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  readonly faults: readonly ConfigFault[];
  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(formatFault).join("\n"));
    this.name = "ConfigError";
    this.faults = faults;
  }
}
