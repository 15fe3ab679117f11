import { refusalCodes } from "../refusal.ts";
import { readObject, readText, readTime } from "./fields.ts";
import type { Findings } from "./findings.ts";

const names = ["pos", "label", "timestamp", "expiry", "timeOffset", "radius"];

/** `geolocationPushMessage` (guide §3.5, protocol notes §6.5). The guide sends hours as `timeOffset`, GSMA minutes: both pass. */
export function checkGeolocation(value: unknown, path: string, findings: Findings): void {
  const place = readObject(value, path, names, findings, refusalCodes.noContent);
  if (place === undefined) return;
  if (!isPosition(place.pos)) {
    findings.refuse(`${path}.pos must be latitude, a space and longitude in degrees, such as "35.690310 139.700624"`);
  }
  if (place.label !== undefined) {
    readText(place.label, `${path}.label`, findings, { max: 200, codeTooLong: refusalCodes.textTooLong });
  }
  for (const name of ["timestamp", "expiry"] as const) {
    if (place[name] !== undefined) readTime(place[name], `${path}.${name}`, findings, refusalCodes.time);
  }
  if (place.timeOffset !== undefined && !Number.isInteger(place.timeOffset)) {
    findings.refuse(`${path}.timeOffset must be a whole number`);
  }
  if (place.radius !== undefined && !(typeof place.radius === "number" && place.radius > 0)) {
    findings.refuse(`${path}.radius must be a number of metres`);
  }
}

function isPosition(value: unknown): boolean {
  const parts = typeof value === "string" ? /^(-?\d{1,2}(?:\.\d+)?) (-?\d{1,3}(?:\.\d+)?)$/.exec(value) : null;
  return parts !== null && Math.abs(Number(parts[1])) <= 90 && Math.abs(Number(parts[2])) <= 180;
}
