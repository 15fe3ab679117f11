import { timeOfDay } from "../output/format.ts";
import type { Paint } from "../output/terminal.ts";

const levels: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const shownElsewhere = new Set(["level", "time", "pid", "hostname", "name", "msg", "err", "worker"]);

/** `12:00:01Z worker warn  route held route=coupon-sms cause=credentials`: an app's JSON log line for people. */
export function readableLogLine(app: string, line: string, paint: Paint): string {
  const entry = readLogLine(line);
  const name = app.padEnd(8);
  const noClock = "".padEnd(timeOfDay(new Date()).length);
  if (entry === null) return `${noClock} ${paint.dim(name)} ${line}`;
  const level = typeof entry.level === "number" ? (levels[entry.level] ?? "info") : String(entry.level ?? "info");
  const at = new Date(typeof entry.time === "number" ? entry.time : String(entry.time));
  const clock = Number.isNaN(at.getTime()) ? noClock : timeOfDay(at);
  const fields = Object.entries(entry).flatMap(([key, value]) =>
    shownElsewhere.has(key) || value === undefined
      ? []
      : [`${key}=${typeof value === "object" ? JSON.stringify(value) : value}`],
  );
  const fault = entry.err;
  if (typeof fault === "object" && fault !== null && "message" in fault)
    fields.push(`err=${JSON.stringify(fault.message)}`);
  const colour = level === "error" || level === "fatal" ? paint.red : level === "warn" ? paint.yellow : paint.dim;
  return `${paint.dim(clock)} ${paint.dim(name)} ${colour(level.padEnd(5))} ${entry.msg ?? ""}${fields.length > 0 ? ` ${paint.dim(fields.join(" "))}` : ""}`;
}

/** The fields of a JSON log line; null when it is another line. */
export function readLogLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
