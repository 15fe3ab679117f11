/** What one check came to. */
export interface Finding {
  /** What was looked at: `configuration`, `PostgreSQL`, `route coupon-sms` … */
  what: string;
  status: "ok" | "warn" | "fail";
  /** What was found. */
  detail: string;
  /** What to do about it; only where something is to be done. */
  mend?: string;
}

export function ok(what: string, detail: string): Finding {
  return { what, status: "ok", detail };
}

export function warn(what: string, detail: string, mend: string): Finding {
  return { what, status: "warn", detail, mend };
}

export function fail(what: string, detail: string, mend: string): Finding {
  return { what, status: "fail", detail, mend };
}
