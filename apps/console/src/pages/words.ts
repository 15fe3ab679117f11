import type { DeliveryWindow } from "@hikyaku/core";
import { type RouteLimit, requestLimitText } from "@hikyaku/views";
import { type Html, html } from "./html.ts";

/** `1,234,567` */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `62.3 %`; neither 0.0 nor 100.0 unless it is exactly that. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** `98.4/s` */
export function perSecond(rate: number): string {
  return `${rate >= 100 ? number(rate) : rate.toFixed(1)}/s`;
}

/** `100/s`; `20 requests/s, up to 100 messages each` where messages a second can't be compared with it. */
export function limitText(limit: RouteLimit): string {
  return limit.messagesPerRequest === 1 ? perSecond(limit.tps) : requestLimitText(limit);
}

/** `3 h 8 min`, `45 s`: the two largest units. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `09:00 to 20:00 Asia/Tokyo`; `any time` without a window. */
export function windowsText(windows: readonly DeliveryWindow[]): string {
  if (windows.length === 0) return "any time";
  return windows
    .map(({ from, to, timeZone, weekdays }) => `${from} to ${to} ${timeZone}${weekdays ? ` on ${days(weekdays)}` : ""}`)
    .join(", and ");
}

function days(weekdays: readonly number[]): string {
  return weekdays.map((day) => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day - 1]).join(", ");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Writes moments in the time zone of the console. */
export interface Clock {
  /** `2026-11-22 02:13:05`; today's without the date. */
  short(at: Date): Html;
  /** With the date, and to the second. */
  full(at: Date): Html;
  /** `JST` or `GMT+9`. */
  readonly zone: string;
}

export function createClock(timeZone: string, now: () => Date = () => new Date()): Clock {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const zone = timeZone === "Asia/Tokyo" ? "JST" : zoneName(timeZone, now());
  const element = (at: Date, text: string) =>
    html`<time datetime="${at.toISOString()}" title="${format.format(at)} ${zone}">${text}</time>`;
  return {
    zone,
    full: (at) => element(at, format.format(at)),
    short(at) {
      const [date = "", time = ""] = format.format(at).split(" ");
      return element(at, date === format.format(now()).split(" ")[0] ? time : `${date} ${time.slice(0, 5)}`);
    },
  };
}

function zoneName(timeZone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "short" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}
